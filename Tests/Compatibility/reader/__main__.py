"""Reads what VoC Vault stores and hands out, written from docs/FORMATS.md alone.

usage: python3 reader vectors FILE               every test vector
       python3 reader vault FOLDER               a golden vault
       python3 reader record HOME KEYS [UID]     one record in plain text; without UID, the list of them
       python3 reader certificate KEY < FILE     an erasure certificate, an inclusion proof or a manifest, with the log's verifier key

HOME is the home of a vault in files, or a dump of its PostgreSQL database. Exit code 4: something does not open or verify.
"""
import json
import sys

import golden
import log
import vectors
from sealed import Damaged, require
from vault import Vault


def main(arguments):
    match arguments:
        case ["vectors", path]:
            with open(path, encoding="utf-8") as file:
                for name, found in json.load(file).items():
                    for number, vector in enumerate(found):
                        try:
                            vectors.check(name, vector)
                        except Damaged as damage:
                            raise Damaged(f"{name} {number}: {damage}") from None
                    print(f"{name}: {len(found)}")
        case ["vault", folder]:
            golden.check(folder, print)
        case ["record", home, keys, *uids]:
            found = False
            for row, opened in Vault(home, keys).records():
                if uids and row["uid"].hex() != uids[0]:
                    continue
                found = True
                print(json.dumps({"uid": row["uid"].hex(), "customer": row["subject"], "source": row["source"], **(opened if uids else {})}, ensure_ascii=False))
            require(found, "there is no such record")
        case ["certificate", key]:
            name, public = log.read_verifier_key(key)
            text, keys = sys.stdin.read(), [(public, None)]
            if text.startswith("c2sp.org/tlog-proof@v1\n"):
                print(log.canonical(log.inclusion(text, keys, name)))
            elif text.startswith("VoC Vault erasure certificate v1\n"):
                print(json.dumps(log.certificate(text, keys, name), ensure_ascii=False))
            else:
                checkpoint, length, chunks = log.manifest(text, keys, name)
                print(f"size {checkpoint.size}, {length} bytes in {len(chunks)} chunks")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


try:
    sys.exit(main(sys.argv[1:]))
except Damaged as damage:
    print(f"reader: {damage}", file=sys.stderr)
    sys.exit(4)
