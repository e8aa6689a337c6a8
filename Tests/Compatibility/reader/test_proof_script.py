"""docs/verify_proof.py believes what a log's key has signed, and nothing else: also under python -O."""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

BESIDE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(BESIDE)), "docs", "verify_proof.py")


def text(data):
    return base64.b64encode(data).decode()


def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def root(leaves):
    """RFC 9162, 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def inclusion(leaves, index):
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    if index < middle:
        return inclusion(leaves[:middle], index) + [root(leaves[middle:])]
    return inclusion(leaves[middle:], index - middle) + [root(leaves[:middle])]


def consistency(leaves, old, complete=True):
    """RFC 9162, 2.1.4.1."""
    if old == len(leaves):
        return [] if complete else [root(leaves)]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= middle:
        return consistency(leaves[:middle], old, complete) + [root(leaves[middle:])]
    return consistency(leaves[middle:], old - middle, False) + [root(leaves[:middle])]


class Signer:
    """A log's key, and notes signed with it."""

    def __init__(self, name, seed):
        self.name = name
        self.private = bytes.fromhex("302e020100300506032b657004220420") + hashlib.sha256(seed).digest()
        public = self._openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", input=self.private)[-32:]
        self.id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        self.key = f"{name}+{self.id.hex()}+{text(bytes([1]) + public)}"

    @staticmethod
    def _openssl(*arguments, input=None):
        return subprocess.run(["openssl", *arguments], input=input, capture_output=True, check=True).stdout

    def note(self, words, name=None):
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as message:
            for file, content in ((key, self.private), (message, words.encode())):
                file.write(content)
                file.flush()
            signature = self._openssl("pkeyutl", "-sign", "-keyform", "DER", "-inkey", key.name, "-rawin", "-in", message.name)
        return f"{words}\n\u2014 {name or self.name} {text(self.id + signature)}\n"


class Log:
    """A log with an erasure as entry 5."""

    signer = Signer("vocvault/00000000000000000000000000000001", b"a log")

    def __init__(self, **changes):
        self.entries = [self.entry(number) for number in range(11)]
        self.entries[5] = self.entry(5, **{
            "action": "subject.erase", "outcome": "allowed", "purpose": "subject-request", "target": "s_ANNA", "rows": 2,
            "detail": {"tombstones_until": "2029-01-01T00:00:00.000Z"}, **changes})

    @staticmethod
    def entry(number, **members):
        members = {"action": "query", "outcome": "allowed", "rows": 9, "seq": number, "time": "2026-03-04T05:06:07.008Z", **members}
        return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()

    def leaves(self, size):
        return [leaf(entry) for entry in self.entries[:size]]

    def checkpoint(self, size=11, signer=None):
        return (signer or self.signer).note(f"{self.signer.name}\n{size}\n{text(root(self.leaves(size)))}\n")

    def proof(self, index=5, size=11):
        path = "".join(text(hash) + "\n" for hash in inclusion(self.leaves(size), index))
        return f"c2sp.org/tlog-proof@v1\nextra {text(self.entries[index])}\nindex {index}\n{path}\n{self.checkpoint(size)}"

    def growth(self, old, size=11):
        path = "".join(text(hash) + "\n" for hash in consistency(self.leaves(size), old))
        return f"old {old}\n{path}\n{self.checkpoint(size)}"

    def words(self, **changes):
        words = {
            "vault": self.signer.name, "customer": "s_ANNA", "purpose of the pseudonym": "subject-request", "erased": "2026-03-04T05:06:07.008Z",
            "records": "2", "key": "destroyed", "audit entry": "5", "tombstones": "keyed hashes, until 2029-01-01T00:00:00.000Z (law)", **changes}
        return "VoC Vault erasure certificate v1\n" + "".join(f"{name}: {value}\n" for name, value in words.items())

    def certificate(self, proof=None, **changes):
        return self.signer.note(self.words(**changes)) + "\n" + (proof or self.proof())


class ProofScript(unittest.TestCase):
    def run_script(self, given, *arguments, key=Log.signer.key, optimized=False):
        command = [sys.executable, *(["-O"] if optimized else []), SCRIPT, *([key] if key else []), *arguments]
        return subprocess.run(command, input=given, capture_output=True, text=True)

    def accepted(self, given, *arguments, **more):
        done = self.run_script(given, *arguments, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def refused(self, given, reason, *arguments, **more):
        for optimized in (False, True):
            done = self.run_script(given, *arguments, optimized=optimized, **more)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done)
            self.assertIn(reason, done.stderr)
            self.assertNotIn("Traceback", done.stderr)

    def test_genuine(self):
        log = Log()
        for index in range(11):
            self.assertIn(f'"seq":{index},', self.accepted(log.proof(index)))
        self.assertIn("customer: s_ANNA", self.accepted(log.certificate(), "--customer", "s_ANNA"))
        # Asked for under another purpose, the customer has another pseudonym than in the entry.
        self.accepted(log.certificate(**{"customer": "s_OTHER", "purpose of the pseudonym": "follow-up"}))
        # Without tombstones, and at a time that the vault's clock was doubted at.
        bare = Log(detail={}, clock="2026-03-04T05:00:00.000Z")
        self.accepted(bare.certificate(tombstones="none", erased="2026-03-04T05:00:00.000Z"))

    def test_the_golden_certificate(self):
        with open(os.path.join(BESIDE, "format2", "certificate"), encoding="utf-8", newline="") as file:
            certificate = file.read()
        key = "vocvault/54aca33d7a3bc3935bab6b713cc7c919+22a32353+Aercsmbc9ORHC+IoFTPYMKGJaPYREhof/ICukZuUGrX/"
        self.assertIn("s_7HACPM9N4R7HMQJBQF85ERZEVK", self.accepted(certificate, key=key))
        self.refused(certificate.replace("records: 1", "records: 2"), "the certificate is not signed", key=key)

    def test_words_that_are_not_signed(self):
        genuine = Log().certificate()
        for old, new in [("customer: s_ANNA", "customer: s_OTTO"), ("records: 2", "records: 412"), ("05:06:07", "05:06:08"), ("key: destroyed", "key: kept")]:
            self.refused(genuine.replace(old, new, 1), "the certificate is not signed")
        stranger = Signer(Log.signer.name, b"another key")
        self.refused(stranger.note(Log().words()) + "\n" + Log().proof(), "the certificate is not signed")
        self.refused(genuine.split("\n\nc2sp")[0] + "\n", "no proof")
        self.refused(Log().words() + "\n" + Log().proof(), "the certificate has no signature")

    def test_words_that_the_entry_does_not_say(self):
        log = Log()
        for reason, changes in [
            ("another customer's erasure", {"customer": "s_OTTO"}), ("other records", {"records": "412"}), ("another time", {"erased": "2026-03-05T05:06:07.008Z"}),
            ("another vault's", {"vault": "vocvault/2"}), ("how long tombstones stay", {"tombstones": "none"}), ("another entry", {"audit entry": "4"}),
            ("not a number", {"audit entry": "five"}),
        ]:
            self.refused(log.certificate(**changes), reason)
        self.refused(log.signer.note(log.words().replace("records: 2\n", "")) + "\n" + log.proof(), "does not say 'records'")
        self.refused(log.certificate(), "about another customer", "--customer", "s_OTTO")
        self.refused(log.signer.note(log.words() + "records: 3\n") + "\n" + log.proof(), "says something twice")

    def test_an_entry_that_is_no_erasure(self):
        log = Log()
        self.refused(log.certificate(proof=log.proof(4)), "the proof is of another entry")
        self.refused(log.certificate(proof=log.proof(4), **{"audit entry": "4"}), "no erasure")
        self.refused(Log(outcome="denied").certificate(), "no erasure")
        self.refused(Log(action="subject.hold").certificate(), "no erasure")

    def test_entries_that_are_not_in_the_log(self):
        proof = Log().proof()
        lines = proof.split("\n")
        invented = "extra " + text(b'{"action":"subject.erase","seq":5}')
        self.refused("\n".join([lines[0], invented] + lines[2:]), "not in the log")
        self.refused(proof.replace("index 5", "index 4"), "not in the log")
        self.refused(proof.replace("index 5", "index 11"), "no such entry")
        self.refused(proof.replace("index 5", "index 05"), "not a number")
        self.refused("\n".join(lines[:3] + lines[4:]), "")
        self.refused("\n".join(lines[:4] + lines[3:]), "")
        self.refused(Log().proof().replace("\u2014 vocvault", "\u2014 wocvault"), "not signed")
        self.refused("nothing at all", "no proof of an entry")
        # An entry whose number is not its place: two entries would share it.
        self.refused(Log(seq=7).proof(), "another number than its place")

    def test_growth(self):
        log, changed = Log(), Log(rows=3)
        with tempfile.TemporaryDirectory() as folder:
            older = os.path.join(folder, "older")
            for old in range(1, 12):
                with open(older, "w", encoding="utf-8") as file:
                    file.write(log.checkpoint(old))
                self.assertIn(f"{old} entries, then 11", self.accepted(log.growth(old), "--checkpoint", older))
                if old > 5:
                    self.refused(changed.growth(old), "rewritten", "--checkpoint", older)
                if old < 11:
                    self.refused(log.growth(old + 1), "another size", "--checkpoint", older)
            # The last is of the whole log: a shorter one does not continue it.
            self.refused(log.growth(8, 10).replace("old 8", "old 11"), "shorter", "--checkpoint", older)
        self.refused(log.growth(3), "--checkpoint FILE")

    def test_keys(self):
        self.refused(Log().proof(), "not NAME+ID+KEY", key="vocvault")
        self.refused(Log().proof(), "ID is not that of its key", key=Log.signer.key.replace("+" + Log.signer.id.hex(), "+00000000", 1))
        self.refused(Log().proof(), "not signed by another", key=Signer("another", b"a log").key)
        done = self.run_script(Log().proof(), key=None)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no verifier key", done.stderr)


if __name__ == "__main__":
    unittest.main()
