#!/usr/bin/env python3
"""Checks an inclusion proof of a VoC Vault audit log: Python's standard library and openssl, no vault.

usage: verify_proof.py VERIFIER_KEY < entry.proof       prints the entry; exit code 1 when the proof fails
The key is what `vocvault init` and `vocvault audit verify` print. Formats: C2SP tlog-proof,
tlog-checkpoint, signed-note; hashes: RFC 9162.
"""
import base64, hashlib, subprocess, sys, tempfile

def node(left, right): return hashlib.sha256(b"\x01" + left + right).digest()

def root_of(leaf, index, size, path):
    first, last, hash = index, size - 1, leaf
    for sibling in path:
        assert last > 0, "the path is too long"
        if first & 1 or first == last:
            hash = node(sibling, hash)
            while not first & 1 and first: first, last = first >> 1, last >> 1
        else: hash = node(hash, sibling)
        first, last = first >> 1, last >> 1
    assert last == 0, "the path is too short"
    return hash

def signature_holds(public, message, signature):
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as sig:
        for file, content in ((key, bytes.fromhex("302a300506032b6570032100") + public), (text, message), (sig, signature)):
            file.write(content); file.flush()
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key.name, "-rawin",
                               "-in", text.name, "-sigfile", sig.name], capture_output=True).returncode == 0

name, key_id, key = sys.argv[1].split("+", 2)
text = sys.stdin.read()  # an erasure certificate ends with the proof
head, body, signatures = text[max(text.find("c2sp.org/tlog-proof@v1"), 0):].split("\n\n", 2)
magic, extra, index, *path = head.split("\n")
assert magic == "c2sp.org/tlog-proof@v1" and extra.startswith("extra ") and index.startswith("index ")
entry = base64.b64decode(extra[6:])
origin, size, root = body.split("\n")[:3]
assert origin == name, "the checkpoint is another log's"
path = [base64.b64decode(line) for line in path]
assert root_of(hashlib.sha256(b"\x00" + entry).digest(), int(index[6:]), int(size), path) == base64.b64decode(root), "the entry is not in the log"
lines = [base64.b64decode(line.split(" ")[2]) for line in signatures.splitlines() if line.startswith("\u2014 " + name + " ")]
assert any(line[:4].hex() == key_id and signature_holds(base64.b64decode(key)[1:], (body + "\n").encode(), line[4:]) for line in lines), "the signature does not hold"
print(entry.decode())
