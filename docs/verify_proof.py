#!/usr/bin/env python3
"""Checks what a VoC Vault proves, without a vault: Python's standard library and openssl (3.0 or later).

usage: verify_proof.py VERIFIER_KEY [--checkpoint FILE] [--customer PSEUDONYM] < PROOF

PROOF is what one of these commands printed:
  vocvault audit prove N                an entry: prints it
  vocvault subject certificate …        an erasure: its words, its signature and its entry must agree; prints the words
  vocvault audit prove --consistency …  that the log continues the older checkpoint in FILE: prints both sizes

VERIFIER_KEY is what `vocvault init` and `vocvault audit verify` print: NAME+ID+KEY. --customer demands a certificate about
this customer. Exit code 0: it holds; 1: it does not; 2: wrong usage.

Formats: C2SP signed-note, tlog-checkpoint, tlog-proof, tlog-witness. Hashes and proofs: RFC 9162, 2.1. Entries: RFC 8785.
verify_proof.pl, in Perl, is a second implementation of the same.
"""
import argparse, base64, binascii, hashlib, json, re, subprocess, sys, tempfile

CERTIFICATE = "VoC Vault erasure certificate v1"
CERTIFIED = ["vault", "customer", "purpose of the pseudonym", "erased", "records", "key", "audit entry", "tombstones"]
# Since format 5, behind the records: what the entry says as well.
REACH = {"customers of one person": "customers", "handles searched": "handles", "mentions in texts of others": "mentions"}
PROOF = "c2sp.org/tlog-proof@v1"


class Wrong(Exception):
    """Why something is not proven."""


def need(holds, reason):
    # Not assert: python -O leaves those out.
    if not holds:
        raise Wrong(reason)


def text_of(data):
    """UTF-8 without control characters other than line breaks, as a signed note must be."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Wrong("this is no text")
    need(all(c >= " " or c == "\n" for c in text), "this is no text")
    return text


def decoded(text, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f"{what} is not base64")
    # Of several ways to write the same bytes only one counts.
    need(base64.b64encode(data).decode() == text, f"{what} is not base64")
    return data


def hash_in(text, what):
    data = decoded(text, what)
    need(len(data) == 32, f"{what} is no SHA-256")
    return data


def number(text, what):
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) < 1 << 63, f"{what} is not a number")
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
    need(old_size <= size, "the log is shorter than the older checkpoint")
    if old_size == 0:
        return need(not path, "the path is too long")
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
        parts = text.strip(" \t\r\n").split("+", 2)
        need(len(parts) == 3 and re.fullmatch("[!-~]+", parts[0]), "the verifier key is not NAME+ID+KEY")
        self.name, key = parts[0], decoded(parts[2], "the verifier key")
        need(len(key) == 33 and key[0] == 1, "the verifier key is not one of Ed25519")
        self.public, self.id = key[1:], hashlib.sha256(self.name.encode() + b"\n" + key).digest()[:4]
        need(self.id.hex() == parts[1], "the verifier key's ID is not that of its key")

    def check(self, note, what):
        """The text of a signed note, with its last line break. Every line below it must be a signature; others' are ignored."""
        text, blank, signatures = note.partition("\n\n")
        need(blank, f"{what} has no signature")
        text += "\n"
        *lines, rest = signatures.split("\n")
        need(lines and not rest, f"{what} is cut short")
        own = []
        for line in lines:
            parts = re.fullmatch("\u2014 ([^\\s+]+) ([^ ]+)", line)
            need(parts, f"{what} has a line that is no signature")
            signature = decoded(parts[2], f"a signature of {what}")
            need(len(signature) > 4, f"{what} has a line that is no signature")
            if parts[1] == self.name and signature[:4] == self.id:
                own.append(signature[4:])
        need(own and all(len(found) == 64 and self.signed(text.encode(), found) for found in own), f"{what} is not signed by {self.name}")
        return text

    def signed(self, message, signature):
        der = bytes.fromhex("302a300506032b6570032100") + self.public
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as proof:
            for file, content in ((key, der), (text, message), (proof, signature)):
                file.write(content)
                file.flush()
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key.name, "-rawin", "-in", text.name, "-sigfile", proof.name]
            try:
                return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
            except OSError:
                raise Wrong("openssl, which checks signatures, cannot be started")


def checkpoint(note, key, what="the checkpoint"):
    """Size and root of a signed checkpoint."""
    lines = key.check(note, what).split("\n")
    need(len(lines) >= 4, f"{what} is cut short")
    need(lines[0] == key.name, f"{what} is another log's")
    size, root = number(lines[1], f"the size in {what}"), hash_in(lines[2], f"the root in {what}")
    need(size or root == hashlib.sha256().digest(), f"{what} is of an empty log, but has another root")
    return size, root


# Entries (canonical JSON)

def members_of(pairs):
    names = [name.encode("utf-16-be") for name, _ in pairs]
    if any(name >= next for name, next in zip(names, names[1:])):
        raise ValueError("not in order, or twice")
    return dict(pairs)


def fits(name, value):
    """Whether a member is of its kind."""
    if name in ("rows", "seq", "v"):
        return type(value) is int and -1 << 63 <= value < 1 << 63
    if name == "fields":
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    if name == "detail":
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    return isinstance(value, str)


def members_of_entry(data):
    """The members of an entry, which must be written in the one way that canonical JSON allows."""
    try:
        members = json.loads(data.decode(), object_pairs_hook=members_of)
        canonical = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode() == data
    except (ValueError, RecursionError):
        canonical = False
    need(canonical and isinstance(members, dict) and all(fits(*member) for member in members.items()) and len(data) <= 65535, "the entry is not canonical JSON")
    return members


# What the vault prints

def check_entry(text, key):
    """The entry that a tlog-proof proves, and its number."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    need(len(lines) >= 3 and lines[0] == PROOF and lines[1].startswith("extra ") and lines[2].startswith("index "), "this is no proof of an entry")
    entry, index = decoded(lines[1][6:], "the entry"), number(lines[2][6:], "the entry's number")
    path = [hash_in(line, "the path") for line in lines[3:]]
    size, root = checkpoint(note, key)
    need(root_of_entry(entry, index, size, path) == root, "the entry is not in the log")
    members = members_of_entry(entry)
    need(members.get("seq") == index, "the entry has another number than its place in the log")
    return entry.decode(), members


def check_certificate(text, key, customer):
    """The words of an erasure certificate: they are signed, and the entry they name says the same."""
    note, found, proof = text.partition("\n" + PROOF + "\n")
    need(found, "the certificate has no proof")
    words = key.check(note, "the certificate")
    lines = [line.partition(": ") for line in words.split("\n")[1:-1]]
    said = {name: value for name, _, value in lines}
    need(len(said) == len(lines), "the certificate says something twice")
    for name in CERTIFIED:
        need(name in said, f"the certificate does not say '{name}'")
    need([name for name in said if name not in REACH] == CERTIFIED, "the certificate has other lines than it must have, or in another order")
    need(said["key"] == "destroyed", "the certificate does not say that the key was destroyed")
    need(said["vault"] == key.name, "the certificate is another vault's")
    need(customer in (None, said["customer"]), "the certificate is about another customer")
    _, entry = check_entry(PROOF + "\n" + proof, key)
    need(entry["seq"] == number(said["audit entry"], "the certificate's entry"), "the proof is of another entry than the certificate names")
    need(entry.get("action") == "subject.erase" and entry.get("outcome") == "allowed" and {"purpose", "target"} <= set(entry), "the entry is no erasure")
    # Under another purpose the customer has another pseudonym: that they are one is then the vault's signed word.
    if entry["purpose"] == said["purpose of the pseudonym"]:
        need(said["customer"] in [entry["target"], *entry.get("detail", {}).get("subjects", "").split(",")], "the entry is of another customer's erasure")
    need(entry.get("rows") == number(said["records"], "the certificate's count of records"), "the certificate counts other records than the entry")
    need(entry.get("clock", entry.get("time")) == said["erased"], "the certificate has another time than the entry")
    for name, member in REACH.items():
        need(said.get(name) == entry.get("detail", {}).get(member), f"the certificate says otherwise than the entry: {name}")
    until = entry.get("detail", {}).get("tombstones_until")
    hashes, _, end = said["tombstones"].partition(", until ")
    agree = said["tombstones"] == "none" if until is None else hashes.startswith("keyed hashes of ") and end.startswith(f"{until} (") and end.endswith(")")
    need(agree, "the certificate says otherwise than the entry how long tombstones stay")
    return words


def check_consistency(text, key, older):
    """How far the log has grown since an older checkpoint."""
    need(older is not None, "give the older checkpoint with --checkpoint FILE")
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    old_size, old_root = checkpoint(older, key, "the older checkpoint")
    need(number(lines[0][4:], "the older size") == old_size, "the proof begins at another size than the older checkpoint's")
    size, root = checkpoint(note, key)
    check_growth(old_size, old_root, size, root, [hash_in(line, "the path") for line in lines[1:]])
    return f"{old_size} entries, then {size}: the log continues the older checkpoint\n"


def check(given, key, older, customer):
    """What is proven, to be printed."""
    text = text_of(given)
    growth = text.startswith("old ")
    need(older is None or growth, "this is no proof that the log continues an older checkpoint")
    if text.startswith(CERTIFICATE + "\n"):
        return check_certificate(text, key, customer)
    need(customer is None, "this is no certificate about a customer")
    if growth:
        return check_consistency(text, key, None if older is None else text_of(older))
    return check_entry(text, key)[0] + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("key", metavar="VERIFIER_KEY", nargs="?", default="")
    parser.add_argument("--checkpoint", metavar="FILE")
    parser.add_argument("--customer", metavar="PSEUDONYM")
    options = parser.parse_args()
    if not options.key:
        parser.error("no verifier key: take the line NAME+ID+KEY that 'vocvault init' and 'vocvault audit verify' print")
    older = None
    if options.checkpoint is not None:
        try:
            with open(options.checkpoint, "rb") as file:
                older = file.read()
        except OSError as wrong:
            parser.error(f"cannot read {options.checkpoint}: {wrong.strerror}")
    try:
        proven = check(sys.stdin.buffer.read() if sys.stdin else b"", Key(options.key), older, options.customer)
        if not sys.stdout:
            raise Wrong("standard output is closed")
        # What cannot be written must not count as said.
        with open(sys.stdout.fileno(), "wb", closefd=False) as output:
            output.write(proven.encode())
    except Wrong as wrong:
        sys.exit(f"verify_proof: {wrong}")
    except OSError as fault:
        sys.exit(f"verify_proof: {fault.strerror or fault}")


if __name__ == "__main__":
    main()
