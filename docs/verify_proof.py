#!/usr/bin/env python3
"""Checks what a VoC Vault proves, without a vault: Python's standard library and openssl.

usage: verify_proof.py VERIFIER_KEY [--checkpoint FILE] [--customer PSEUDONYM] < PROOF

PROOF is what one of these commands printed:
  vocvault audit prove N                an entry: prints it
  vocvault subject certificate …        an erasure: its words, its signature and its entry must agree; prints the words
  vocvault audit prove --consistency …  that the log continues the older checkpoint in FILE: prints both sizes

VERIFIER_KEY is what `vocvault init` and `vocvault audit verify` print: NAME+ID+KEY. --customer demands a certificate about
this customer. Exit code 0: it holds; 1: it does not; 2: wrong usage.

Formats: C2SP signed-note, tlog-checkpoint, tlog-proof, tlog-witness. Hashes and proofs: RFC 9162, 2.1.
"""
import argparse, base64, binascii, hashlib, json, subprocess, sys, tempfile

CERTIFICATE = "VoC Vault erasure certificate v1"
PROOF = "c2sp.org/tlog-proof@v1"


class Wrong(Exception):
    """Why something is not proven."""


def need(holds, reason):
    # Not assert: python -O leaves those out.
    if not holds:
        raise Wrong(reason)


def decoded(text, what):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f"{what} is not base64")


def number(text, what):
    need(text.isascii() and text.isdigit() and str(int(text)) == text and int(text) < 1 << 63, f"{what} is not a number")
    return int(text)


# Trees (RFC 9162)

def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_entry(entry, index, size, path):
    """The root of a tree of `size` leaves that has `entry` at `index`, by an inclusion proof (2.1.3.2)."""
    need(index < size, "the log has no such entry")
    first, last, root = index, size - 1, hashlib.sha256(b"\x00" + entry).digest()
    for sibling in path:
        need(last > 0, "the path is too long")
        if first & 1 or first == last:
            root = node(sibling, root)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            root = node(root, sibling)
        first, last = first >> 1, last >> 1
    need(last == 0, "the path is too short")
    return root


def check_growth(old_size, old_root, size, root, path):
    """A tree of `size` leaves begins with the older one's, by a consistency proof (2.1.4.2)."""
    need(0 < old_size <= size, "the log is shorter than the older checkpoint")
    if old_size == size:
        return need(old_root == root and not path, "the log was rewritten: same size, another root")
    path = list(path)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    need(path, "the path is too short")
    first, last = old_size - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_found = found = path[0]
    for sibling in path[1:]:
        need(last > 0, "the path is too long")
        if first & 1 or first == last:
            old_found, found = node(sibling, old_found), node(sibling, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = node(found, sibling)
        first, last = first >> 1, last >> 1
    need(last == 0, "the path is too short")
    need(old_found == old_root and found == root, "the log was rewritten: it does not continue the older checkpoint")


# Signed notes

class Key:
    """A verifier key, `NAME+ID+KEY`: Ed25519, its ID is the beginning of SHA-256(NAME ‖ \\n ‖ 0x01 ‖ key)."""

    def __init__(self, text):
        parts = text.strip().split("+", 2)
        need(len(parts) == 3, "the verifier key is not NAME+ID+KEY")
        self.name, key = parts[0], decoded(parts[2], "the verifier key")
        need(len(key) == 33 and key[0] == 1, "the verifier key is not one of Ed25519")
        self.public, self.id = key[1:], hashlib.sha256(self.name.encode() + b"\n" + key).digest()[:4]
        need(self.id.hex() == parts[1], "the verifier key's ID is not that of its key")

    def check(self, note, what):
        """The text of a signed note, with its last line break."""
        text, blank, signatures = note.partition("\n\n")
        need(blank, f"{what} has no signature")
        text += "\n"
        prefix = f"\u2014 {self.name} "
        for line in signatures.splitlines():
            if line.startswith(prefix):
                signature = decoded(line[len(prefix):], f"a signature of {what}")
                if signature[:4] == self.id and self.signed(text.encode(), signature[4:]):
                    return text
        raise Wrong(f"{what} is not signed by {self.name}")

    def signed(self, message, signature):
        der = bytes.fromhex("302a300506032b6570032100") + self.public
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as proof:
            for file, content in ((key, der), (text, message), (proof, signature)):
                file.write(content)
                file.flush()
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key.name, "-rawin", "-in", text.name, "-sigfile", proof.name]
            return subprocess.run(command, capture_output=True).returncode == 0


def checkpoint(note, key):
    """Size and root of a signed checkpoint."""
    lines = key.check(note, "the checkpoint").split("\n")
    need(len(lines) >= 4, "the checkpoint is cut short")
    need(lines[0] == key.name, "the checkpoint is another log's")
    root = decoded(lines[2], "the checkpoint's root")
    need(len(root) == 32, "the checkpoint's root is no SHA-256")
    return number(lines[1], "the checkpoint's size"), root


# What the vault prints

def check_entry(text, key):
    """The entry that a tlog-proof proves, and its number."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    need(len(lines) >= 3 and lines[0] == PROOF and lines[1].startswith("extra ") and lines[2].startswith("index "), "this is no proof of an entry")
    entry, index = decoded(lines[1][6:], "the entry"), number(lines[2][6:], "the entry's number")
    path = [decoded(line, "the path") for line in lines[3:]]
    size, root = checkpoint(note, key)
    need(root_of_entry(entry, index, size, path) == root, "the entry is not in the log")
    try:
        members = json.loads(entry)
    except ValueError:
        raise Wrong("the entry is no JSON")
    need(isinstance(members, dict) and members.get("seq") == index, "the entry has another number than its place in the log")
    return entry.decode(), members


def check_certificate(text, key, customer):
    """The words of an erasure certificate: they are signed, and the entry they name says the same."""
    note, found, proof = text.partition("\n" + PROOF + "\n")
    need(found, "the certificate has no proof")
    words = key.check(note, "the certificate")
    lines = [line.partition(": ") for line in words.splitlines()[1:]]
    said = {name: value for name, _, value in lines}
    need(len(said) == len(lines), "the certificate says something twice")
    for name in ("vault", "customer", "purpose of the pseudonym", "erased", "records", "audit entry", "tombstones"):
        need(name in said, f"the certificate does not say '{name}'")
    need(said["vault"] == key.name, "the certificate is another vault's")
    need(customer in (None, said["customer"]), "the certificate is about another customer")
    _, entry = check_entry(PROOF + "\n" + proof, key)
    need(entry["seq"] == number(said["audit entry"], "the certificate's entry"), "the proof is of another entry than the certificate names")
    need(entry.get("action") == "subject.erase" and entry.get("outcome") == "allowed", "the entry is no erasure")
    # Under another purpose the customer has another pseudonym: that they are one is then the vault's signed word.
    if entry.get("purpose") == said["purpose of the pseudonym"]:
        need(entry.get("target") == said["customer"], "the entry is of another customer's erasure")
    need(str(entry.get("rows")) == said["records"], "the certificate counts other records than the entry")
    need((entry.get("clock") or entry.get("time")) == said["erased"], "the certificate has another time than the entry")
    until = entry.get("detail", {}).get("tombstones_until")
    need(until in said["tombstones"] if until else said["tombstones"] == "none", "the certificate says otherwise than the entry how long tombstones stay")
    return words


def check_consistency(text, key, older):
    """How far the log has grown since an older checkpoint."""
    need(older is not None, "give the older checkpoint with --checkpoint FILE")
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    old_size, old_root = checkpoint(older, key)
    need(number(lines[0][4:], "the older size") == old_size, "the proof begins at another size than the older checkpoint's")
    size, root = checkpoint(note, key)
    check_growth(old_size, old_root, size, root, [decoded(line, "the path") for line in lines[1:]])
    return f"{old_size} entries, then {size}: the log continues the older checkpoint\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("key", metavar="VERIFIER_KEY", nargs="?", default="")
    parser.add_argument("--checkpoint", metavar="FILE", type=argparse.FileType(encoding="utf-8"))
    parser.add_argument("--customer", metavar="PSEUDONYM")
    options = parser.parse_args()
    if not options.key:
        parser.error("no verifier key: take the line NAME+ID+KEY that 'vocvault init' and 'vocvault audit verify' print")
    try:
        text, key = sys.stdin.buffer.read().decode(), Key(options.key)
        if text.startswith(CERTIFICATE + "\n"):
            print(check_certificate(text, key, options.customer), end="")
        elif options.customer is not None:
            raise Wrong("this is no certificate about a customer")
        elif text.startswith("old "):
            print(check_consistency(text, key, options.checkpoint and options.checkpoint.read()), end="")
        else:
            print(check_entry(text, key)[0])
    except (Wrong, UnicodeDecodeError) as wrong:
        sys.exit(f"verify_proof: {'this is no text' if isinstance(wrong, UnicodeDecodeError) else wrong}")


if __name__ == "__main__":
    main()
