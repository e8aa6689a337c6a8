"""docs/verify_proof.py and docs/verify_proof.pl believe what a log's key has signed, and nothing else; both judge alike. So does the one in
Python under python -O."""
import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

from vault import Vault

BESIDE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCS = os.path.join(os.path.dirname(os.path.dirname(BESIDE)), "docs")
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
PYTHON = [sys.executable, os.path.join(DOCS, "verify_proof.py")]
OPTIMIZED = [sys.executable, "-O", *PYTHON[1:]]
PERL = ["perl", os.path.join(DOCS, "verify_proof.pl")]
GOLDEN_KEYS = {
    "format2": "vocvault/54aca33d7a3bc3935bab6b713cc7c919+22a32353+Aercsmbc9ORHC+IoFTPYMKGJaPYREhof/ICukZuUGrX/",
    "format3": "vocvault/8a8ebd51900030c1f990392949bec2b6+be3f9ba4+ATS0LJlFrD9SR7jpcO1Ff8FLnrfCKO5gTPmRJQXW4kPS",
    "format4": "vocvault/cba8233d699dc0a0b322b3a6385e1b7f+f30538e9+AQemH25XwBKXRgvh1S/yg29C2fQZUvHz/Cl2LXj0fVY3",
    "format5": "vocvault/3712839e39ed7dde8b94b53354cd58e4+b01859dd+AT2TjpI8E6GzDOeR32UjseGbQ94iZUHPzTvg6wZeki7U",
    "format6": "vocvault/ecd1acafda5ceb3696abddec0cc4fa95+f05e4bb7+Acm8fSNPt0GTMFo/boQPQfcyAQwfFu04gtXJo6YTS4BZ",
    "format7": "vocvault/e7710143e7ab6cc6209f07661791d603+09195c4d+ARtYg3a5ApP6zyuLnrCM3N6YacbEI9eUzfel20Ki0Fdj",
}


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
        self.private = bytes.fromhex("302e020100300506032b657004220420") + seed
        public = self._openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", input=self.private)[-32:]
        self.id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        self.key = f"{name}+{self.id.hex()}+{text(bytes([1]) + public)}"

    @staticmethod
    def _openssl(*arguments, input=None):
        return subprocess.run(["openssl", *arguments], input=input, capture_output=True, check=True).stdout

    def line(self, words, name=None):
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as message:
            for file, content in ((key, self.private), (message, words.encode())):
                file.write(content)
                file.flush()
            signature = self._openssl("pkeyutl", "-sign", "-keyform", "DER", "-inkey", key.name, "-rawin", "-in", message.name)
        return f"\u2014 {name or self.name} {text(self.id + signature)}\n"

    def note(self, words):
        return f"{words}\n{self.line(words)}"


class Log:
    """A log with an erasure as entry 5."""

    signer = Signer("vocvault/00000000000000000000000000000001", bytes(32))

    def __init__(self, entry=None, **changes):
        self.entries = [self.entry(number) for number in range(11)]
        self.entries[5] = entry or self.entry(5, **{
            "action": "subject.erase", "outcome": "allowed", "purpose": "subject-request", "target": "s_ANNA", "rows": 2,
            "detail": {"tombstones_until": "2029-01-01T00:00:00.000Z"}, **changes})

    @staticmethod
    def entry(number, **members):
        members = {"action": "query", "outcome": "allowed", "rows": 9, "seq": number, "time": "2026-03-04T05:06:07.008Z", **members}
        members = {name: value for name, value in members.items() if value is not None}
        return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def leaves(self, size):
        return [leaf(entry) for entry in self.entries[:size]]

    def checkpoint(self, size=11, more=""):
        hash = root(self.leaves(size)) if size else hashlib.sha256().digest()
        return self.signer.note(f"{self.signer.name}\n{size}\n{text(hash)}\n{more}")

    def proof(self, index=5, size=11, checkpoint=None):
        path = "".join(text(hash) + "\n" for hash in inclusion(self.leaves(size), index))
        return f"c2sp.org/tlog-proof@v1\nextra {text(self.entries[index])}\nindex {index}\n{path}\n{checkpoint or self.checkpoint(size)}"

    def growth(self, old, size=11):
        path = "".join(text(hash) + "\n" for hash in consistency(self.leaves(size), old)) if old else ""
        return f"old {old}\n{path}\n{self.checkpoint(size)}"

    def words(self, **changes):
        words = {
            "vault": self.signer.name, "customer": "s_ANNA", "purpose of the pseudonym": "subject-request", "erased": "2026-03-04T05:06:07.008Z",
            "records": "2", "key": "destroyed", "audit entry": "5",
            "tombstones": "keyed hashes of the records' source ids, until 2029-01-01T00:00:00.000Z (law)", **changes}
        return "VoC Vault erasure certificate v1\n" + "".join(f"{name}: {value}\n" for name, value in words.items())

    def certificate(self, proof=None, **changes):
        return self.signer.note(self.words(**changes)) + "\n" + (proof or self.proof())


class ProofScript(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_scripts(self, scripts, given, *arguments, key=Log.signer.key):
        """What each script makes of a proof: exit code, output, complaint. They run side by side."""
        data = given.encode() if isinstance(given, str) else given
        running = [subprocess.Popen([*script, *([key] if key else []), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                   for script in scripts]
        done = [process.communicate(data) for process in running]
        return [(process.returncode, output, complaint.decode()) for process, (output, complaint) in zip(running, done)]

    def accepted(self, given, *arguments, **more):
        done = self.run_scripts([PYTHON, PERL], given, *arguments, **more)
        for status, _, complaint in done:
            self.assertEqual((status, complaint), (0, ""), given)
        self.assertEqual(done[0][1], done[1][1])
        return done[0][1].decode()

    def refused(self, given, reason, *arguments, scripts=(PYTHON, OPTIMIZED, PERL), **more):
        for status, output, complaint in self.run_scripts(scripts, given, *arguments, **more):
            self.assertEqual((status, output), (1, b""), given)
            self.assertRegex(complaint, r"\Averify_proof: [^\n]+\n\Z")
            self.assertNotRegex(complaint, r" at \S+ line [0-9]+")
            self.assertIn(reason, complaint)

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

    def golden(self):
        """Format, document, content and options of every golden document that the scripts read."""
        for name, key in GOLDEN_KEYS.items():
            folder = os.path.join(BESIDE, name)
            content = {}
            for document in ("certificate", "inclusion", "consistency"):
                with open(os.path.join(folder, document), "rb") as file:
                    content[document] = file.read()
            # The checkpoint from which the log has grown was not kept: the vault's key signs it anew.
            vault = Vault(os.path.join(folder, "home"), os.path.join(folder, "keys"))
            vault.check_log(os.path.join(folder, "home", "audit"))
            _, seed = vault.keys["audit-signing", "vault"][-1]
            signer = Signer(vault.origin, seed)
            self.assertEqual(signer.key, key)
            size = int(content["consistency"].split(b"\n")[0][4:])
            older = os.path.join(self.folder, name)
            with open(older, "w", encoding="utf-8") as file:
                file.write(signer.note(f"{vault.origin}\n{size}\n{text(vault.roots[size])}\n"))
            for document, data in content.items():
                yield name, document, data, (["--checkpoint", older] if document == "consistency" else [])

    def test_golden_documents(self):
        said = {(name, document): self.accepted(data, *options, key=GOLDEN_KEYS[name]) for name, document, data, options in self.golden()}
        self.assertIn("s_7HACPM9N4R7HMQJBQF85ERZEVK", said["format2", "certificate"])
        self.assertIn('"action":"token.issue"', said["format3", "inclusion"])
        self.assertEqual(said["format3", "consistency"], "19 entries, then 63: the log continues the older checkpoint\n")

    def test_golden_documents_with_another_byte(self):
        chance = random.Random(20261129)
        for name, document, data, options in self.golden():
            for place in sorted(chance.sample(range(len(data)), 25)):
                # Any byte; one that differs in a bit; one that base64 can have.
                other = chance.choice([byte for byte in (chance.randrange(256), data[place] ^ 1, chance.choice(BASE64.encode())) if byte != data[place]])
                with self.subTest(name=name, document=document, place=place, other=other):
                    changed = data[:place] + bytes([other]) + data[place + 1 :]
                    self.refused(changed, "", *options, key=GOLDEN_KEYS[name], scripts=(PYTHON, PERL))

    def test_words_that_are_not_signed(self):
        genuine = Log().certificate()
        for old, new in [("customer: s_ANNA", "customer: s_OTTO"), ("records: 2", "records: 412"), ("05:06:07", "05:06:08"), ("key: destroyed", "key: kept")]:
            self.refused(genuine.replace(old, new, 1), "the certificate is not signed")
        stranger = Signer(Log.signer.name, bytes([1] * 32))
        self.refused(stranger.note(Log().words()) + "\n" + Log().proof(), "the certificate is not signed")
        self.refused(genuine.split("\n\nc2sp")[0] + "\n", "no proof")
        self.refused(Log().words() + "\n" + Log().proof(), "the certificate has no signature")

    def test_words_that_the_entry_does_not_say(self):
        log = Log()
        for reason, changes in [
            ("another customer's erasure", {"customer": "s_OTTO"}), ("other records", {"records": "412"}), ("another time", {"erased": "2026-03-05T05:06:07.008Z"}),
            ("another vault's", {"vault": "vocvault/2"}), ("how long tombstones stay", {"tombstones": "none"}), ("another entry", {"audit entry": "4"}),
            ("not a number", {"audit entry": "five"}), ("not a number", {"audit entry": "05"}), ("not a number", {"records": "02"}), ("not a number", {"records": "None"}),
            ("key was destroyed", {"key": "kept"}), ("how long tombstones stay", {"tombstones": "keyed hashes of ids, until 2029-01-01T00:00:00.000Z"}),
            ("how long tombstones stay", {"tombstones": "keyed hashes of ids, until 2035-01-01T00:00:00.000Z (since 2029-01-01T00:00:00.000Z (law))"}),
            ("other lines", {"and": "more"}),
        ]:
            self.refused(log.certificate(**changes), reason)
        self.refused(log.signer.note(log.words().replace("records: 2\n", "")) + "\n" + log.proof(), "does not say 'records'")
        self.refused(log.certificate(), "about another customer", "--customer", "s_OTTO")
        self.refused(log.signer.note(log.words() + "records: 3\n") + "\n" + log.proof(), "says something twice")
        self.refused(log.signer.note(log.words() + "\n") + "\n" + log.proof(), "")
        lines = log.words().split("\n")
        self.refused(log.signer.note("\n".join([*lines[:2], lines[3], lines[2], *lines[4:]])) + "\n" + log.proof(), "in another order")
        # A line break that only some see begins no line.
        self.refused(log.certificate(customer="s_ANNA\u2028records: 412"), "another customer")
        # Numbers above 2^53 count to the last digit, and an entry's own time counts where it has one.
        large = Log(rows=9007199254740993)
        self.accepted(large.certificate(records="9007199254740993"))
        self.refused(large.certificate(records="9007199254740992"), "other records")
        self.refused(Log(rows=-2).certificate(records="-2"), "not a number")
        self.refused(Log(clock="2026-03-04T05:00:00.000Z").certificate(), "another time")
        for missing in ("rows", "time", "detail"):
            self.refused(Log(**{missing: None}).certificate(), "the certificate")

    def test_an_entry_that_is_no_erasure(self):
        log = Log()
        self.refused(log.certificate(proof=log.proof(4)), "the proof is of another entry")
        self.refused(log.certificate(proof=log.proof(4), **{"audit entry": "4"}), "no erasure")
        self.refused(Log(outcome="denied").certificate(), "no erasure")
        self.refused(Log(action="subject.hold").certificate(), "no erasure")
        # Without these nobody could say whose erasure it is.
        self.refused(Log(purpose=None).certificate(), "no erasure")
        self.refused(Log(target=None).certificate(**{"purpose of the pseudonym": "follow-up"}), "no erasure")

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

    def test_proofs_in_another_form(self):
        log = Log()
        proof, certificate = log.proof(), log.certificate()
        lines = proof.split("\n")
        # Of the padded last characters of base64 some bits count for nothing: they must be zero.
        hash = next(line for line in lines if line.endswith("=") and len(line) == 44)
        loose = hash[:-2] + BASE64[BASE64.index(hash[-2]) ^ 1] + "="
        for other in (loose, hash[:-1], hash + "=", hash + " ", " " + hash, hash.replace(hash[3], "-"), hash + "\u00e4"):
            self.refused(proof.replace(hash, other, 1), "not base64")
        self.refused(proof.replace(hash, text(base64.b64decode(hash)[:31]), 1), "no SHA-256")
        for given in (proof, certificate):
            self.refused(given[:-1], "cut short")
            self.refused(given + "\n", "")
            self.refused(given + "more\n", "")
            self.refused(given + "\n" + proof, "")
            self.refused("\n" + given, "")
            self.refused("\ufeff" + given, "")
            self.refused(given.replace("\n", "\r\n"), "")
            self.refused(given.replace("\n\n", "\n\n\n", 1), "")
            self.refused(given.replace("extra ", "extra  "), "")
            self.refused(given.replace("index 5\n", "index 5\nindex 5\n"), "")
            self.refused(given.replace("index 5\n", ""), "")
            self.refused(given.encode().replace(b"index", b"inde\xff"), "no text")
        for number in ("+5", "-5", " 5", "5 ", "5.0", "0x5", "5e0", "\u0665", "", "9223372036854775808", "9" * 5000):
            self.refused(proof.replace("index 5", f"index {number}"), "not a number")
        self.refused(proof.replace("index 5", "index 9223372036854775807"), "no such entry")
        for data in (b"", b"\n", b"\0", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", proof.encode()[:100]):
            self.refused(data, "")

    def test_notes_in_another_form(self):
        log = Log()
        note = log.checkpoint()
        words = note.split("\n\n")[0] + "\n"
        witness = Signer("witness.example/\u6f22", bytes([2] * 32))
        cosigned = note + witness.line(words)
        self.accepted(log.proof(checkpoint=cosigned))
        self.accepted(log.proof(checkpoint=words + "\n" + witness.line(words) + log.signer.line(words)))
        # A former key of the log is another key.
        former = Signer(log.signer.name, bytes([3] * 32))
        self.accepted(log.proof(checkpoint=note + former.line(words)))
        self.refused(log.proof(checkpoint=former.note(words)), "not signed")
        self.accepted(log.proof(checkpoint=log.checkpoint(more="an extension\n")))
        # The log's own signature must hold wherever it stands, and every line must be one.
        self.refused(log.proof(checkpoint=note + log.signer.line("other words\n")), "not signed")
        self.refused(log.proof(checkpoint=words + "\n" + log.signer.line("other words\n") + log.signer.line(words)), "not signed")
        self.refused(log.proof(checkpoint=words + "\n"), "")
        for line in ("more", "\u2014 name", "\u2014 two names AAAAAAA=", "\u2014 a\u3000name AAAAAAA=", "\u2014 a+b AAAAAAA=", "\u2014 name AAAAAA==", "- name AAAAAAA="):
            self.refused(log.proof(checkpoint=note + line + "\n"), "no signature")
        self.refused(log.proof(checkpoint=note + "\u2014 name AAAAAAB=\n"), "not base64")
        short = text(base64.b64decode(note.split(" ")[-1])[:-1])
        self.refused(log.proof(checkpoint=words + f"\n\u2014 {log.signer.name} {short}\n"), "not signed")
        long = text(base64.b64decode(note.split(" ")[-1]) + b"\0")
        self.refused(log.proof(checkpoint=words + f"\n\u2014 {log.signer.name} {long}\n"), "not signed")
        # What is signed may be wrong all the same.
        hash = text(root(log.leaves(11)))
        for reason, signed in [
            ("another log's", f"another\n11\n{hash}\n"), ("not a number", f"{log.signer.name}\n011\n{hash}\n"), ("cut short", f"{log.signer.name}\n11\n"),
            ("no SHA-256", f"{log.signer.name}\n11\nAAAA\n"), ("no such entry", f"{log.signer.name}\n5\n{hash}\n"), ("another root", f"{log.signer.name}\n0\n{hash}\n"),
            ("no text", f"{log.signer.name}\n11\n{hash}\nan\textension\n"),
        ]:
            self.refused(log.proof(checkpoint=log.signer.note(signed)), reason)
        # The words of a certificate are no checkpoint, and a checkpoint is no certificate.
        self.refused(log.proof(checkpoint=log.signer.note(log.words())), "another log's")

    def test_entries_in_another_form(self):
        genuine = Log.entry(5)
        self.accepted(Log(genuine).proof())
        for more in ({"a": "\u6f22\U0001f600\u2028\x7f\ufffe"}, {"state": "x", "token": "t", "policy": "p"}, {"": ""}, {"fields": [], "detail": {}}, {"fields": ["a", "a"]},
                     {"a": "\b\t\n\f\r\"\\/\x00\x1f\x0b\x0e"}, {"v": 1}, {"rows": 0}, {"rows": -(2**63)}, {"rows": 2**63 - 1}, {"detail": {"": "", "\u6f22": "x"}}):
            entry = Log.entry(5, **more)
            self.assertEqual(self.accepted(Log(entry).proof()).encode(), entry + b"\n")
        # Names are in the order of UTF-16: U+1F600 before U+FB00.
        pair = '"\U0001f600":"x"', '"\ufb00":"x"'
        for first, second, holds in (*[(*pair, True)], (*reversed(pair), False)):
            entry = genuine[:-1] + f',"z":"",{first},{second}}}'.encode()
            (self.accepted if holds else lambda proof: self.refused(proof, "not canonical"))(Log(entry).proof())
        for old, new in [
            (b'"rows":9', b'"rows":9.0'), (b'"rows":9', b'"rows":9e0'), (b'"rows":9', b'"rows":09'), (b'"rows":9', b'"rows":-0'), (b'"rows":9', b'"rows":+9'),
            (b'"rows":9', b'"rows":9223372036854775808'), (b'"rows":9', b'"rows":-9223372036854775809'), (b'"rows":9', b'"rows":' + b"9" * 5000),
            (b'"rows":9', b'"rows":"9"'), (b'"rows":9', b'"rows":null'), (b'"rows":9', b'"rows":true'), (b'"rows":9', b'"rows":NaN'), (b'"rows":9', b'"rows":[9]'),
            (b'"rows":9', b'"rows":9,"rows":9'), (b'"rows":9', b'"rows": 9'), (b'"rows":9', b'"rows":9,"row":""'), (b'"rows":9', b'"rowt":9'),
            (b'"seq":5', b'"seq":5.0'), (b'"seq":5', b'"seq":true'), (b'"seq":5', b'"seq":4,"seq":5'), (b'"query"', b'"qu\\u0065ry"'), (b'"query"', b'"qu\\/ry"'),
            (b'"query"', b'"a\tb"'), (b'"query"', b'"a\\u0009b"'), (b'"query"', b'"a\\u001Fb"'), (b'"query"', b'"\\ud800"'), (b'"query"', b'"\xed\xa0\x80"'),
            (b'"query"', b'"\xff"'), (b'"query"', b'"\xc0\x80"'), (b'"query"', b'"\xf4\x90\x80\x80"'), (b'"query"', b"5"), (b'"query"', b'{"a":"b"}'), (b'"query"', b"null"),
            (b'"query"', b'"query","detail":[]'), (b'"query"', b'"query","detail":{"a":1}'),
            (b'"query"', b'"query","detail":{"a":"1","a":"1"}'), (b'"query"', b'"query","detail":{"b":"1","a":"1"}'),
            (b'"query"', b'"query","fields":{}'), (b'"query"', b'"query","fields":"a"'), (b'"query"', b'"query","fields":["a",]'), (b'"query"', b'"query","fields":[1]'),
            (b'"query"', b'"query",'), (b'"query"', b'"query'),
            (b"{", b"{,"), (b"{", b" {"), (b"{", b"\xef\xbb\xbf{"), (b"}", b"}\n"), (b"}", b"}}"), (b"}", b",}"), (b"}", b""), (b"{", b"[{"),
            (b'"query"', b'"' + b"x" * 65535 + b'"'), (b'"query"', b"[" * 30000),
        ]:
            self.assertIn(old, genuine)
            self.refused(Log(genuine.replace(old, new, 1)).proof(), "not canonical")
        for entry in (b"5", b'"x"', b"[]", b"null", b" ", genuine.decode().encode("utf-16"), genuine.decode().encode("utf-16-le")):
            self.refused(Log(entry).proof(), "not canonical")
        for entry in (b"{}", b'{"seq":-5}', b'{"seq":50}'):
            self.refused(Log(entry).proof(), "another number than its place")
        # The longest that there may be.
        longest = Log.entry(5, action="x" * (65535 - len(Log.entry(5, action=""))))
        self.accepted(Log(longest).proof())

    def test_growth(self):
        log, changed = Log(), Log(rows=3)
        older = os.path.join(self.folder, "older")

        def known(note):
            with open(older, "w", encoding="utf-8", newline="") as file:
                file.write(note)

        for old in range(12):
            known(log.checkpoint(old))
            self.assertEqual(f"{old} entries, then 11: the log continues the older checkpoint\n", self.accepted(log.growth(old), "--checkpoint", older))
            if old > 5:
                self.refused(changed.growth(old), "rewritten", "--checkpoint", older)
            if old < 11:
                self.refused(log.growth(old + 1), "another size", "--checkpoint", older)
                lines = log.growth(old).split("\n")
                self.refused("\n".join([lines[0], text(bytes(32)), *lines[1:]]), "" if old else "too long", "--checkpoint", older)
                self.refused("\n".join([lines[0], *lines[2:]]), "", "--checkpoint", older)
        # The last is of the whole log: a shorter one does not continue it.
        self.refused(log.growth(8, 10).replace("old 8", "old 11"), "shorter", "--checkpoint", older)
        self.refused(log.growth(11).replace("old 11\n", f"old 11\n{text(bytes(32))}\n"), "", "--checkpoint", older)
        self.refused(log.growth(11).replace("old 11", "old 011"), "not a number", "--checkpoint", older)
        self.refused(log.growth(3), "--checkpoint FILE")
        for note in ("", "\n", log.checkpoint(3)[:-1], log.checkpoint(3) + "\n", log.checkpoint(3) + "\n" + log.checkpoint(4),
                     log.checkpoint(3).replace("\n", "\r\n"), log.checkpoint(3).replace("3", "4", 1),
                     log.signer.note(f"{log.signer.name}\n0\n{text(bytes(32))}\n"), Signer(log.signer.name, bytes([3] * 32)).note("x\n")):
            known(note)
            self.refused(log.growth(3), "", "--checkpoint", older)
        # Whoever names a checkpoint wants to know whether the log continues it.
        known(log.checkpoint(3))
        self.refused(log.proof(), "no proof that the log continues", "--checkpoint", older)
        self.refused(log.certificate(), "no proof that the log continues", "--checkpoint", older)
        self.refused(log.growth(3), "no certificate", "--checkpoint", older, "--customer", "s_ANNA")
        self.refused(log.proof(), "no certificate", "--customer", "s_ANNA")

    def test_large_logs(self):
        # Of a log of 2^62 + 1 entries, the one that stands alone at its end, and its growth from 2^62.
        signer, whole, entry = Log.signer, hashlib.sha256(b"2^62 entries").digest(), Log.entry(2**62)
        hash = hashlib.sha256(b"\x01" + whole + leaf(entry)).digest()
        note = signer.note(f"{signer.name}\n{2**62 + 1}\n{text(hash)}\n")
        self.accepted(f"c2sp.org/tlog-proof@v1\nextra {text(entry)}\nindex {2**62}\n{text(whole)}\n\n{note}")
        self.refused(f"c2sp.org/tlog-proof@v1\nextra {text(Log.entry(2**62 - 1))}\nindex {2**62 - 1}\n{text(whole)}\n\n{note}", "")
        older = os.path.join(self.folder, "older")
        with open(older, "w", encoding="utf-8") as file:
            file.write(signer.note(f"{signer.name}\n{2**62}\n{text(whole)}\n"))
        growth = f"old {2**62}\n{text(leaf(entry))}\n\n{note}"
        self.assertEqual(f"{2**62} entries, then {2**62 + 1}: the log continues the older checkpoint\n", self.accepted(growth, "--checkpoint", older))

    def test_output_that_cannot_be_written(self):
        for script in (PYTHON, PERL):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([*script, Log.signer.key], input=Log().proof().encode(), stdout=full, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stderr.count(b"\n")), (1, 1), done.stderr)

    def test_keys(self):
        self.refused(Log().proof(), "not NAME+ID+KEY", key="vocvault")
        self.refused(Log().proof(), "ID is not that of its key", key=Log.signer.key.replace("+" + Log.signer.id.hex(), "+00000000", 1))
        self.refused(Log().proof(), "not signed by another", key=Signer("another", bytes(32)).key)
        self.accepted(Log().proof(), key=f" {Log.signer.key}\n")
        name, key_id, base64_key = Log.signer.key.split("+", 2)
        key = base64.b64decode(base64_key)
        for other in [f"+{key_id}+{base64_key}", f"a {name}+{key_id}+{base64_key}", f"\u00e4{name}+{key_id}+{base64_key}", f"{name}+{key_id.upper()}+{base64_key}",
                      f"{name}+{key_id}+{base64_key}=", f"{name}+{key_id}+{base64_key}\n{base64_key}",
                      f"{name}+{key_id}+{text(bytes([2]) + key[1:])}", f"{name}+{key_id}+{text(key[:32])}"]:
            self.refused(Log().proof(), "the verifier key", key=other)

    def test_wrong_usage(self):
        missing = os.path.join(self.folder, "missing")
        for reason, arguments in [
            ("no verifier key", []), ("no verifier key", [""]), ("", ["k", "k"]), ("", ["k", "--other"]), ("", ["k", "--checkpoint"]), ("", ["k", "--customer"]),
            ("cannot read", ["k", "--checkpoint", missing]), ("cannot read", ["k", "--checkpoint", self.folder]),
        ]:
            for status, output, complaint in self.run_scripts([PYTHON, PERL], Log().proof(), *arguments, key=None):
                self.assertEqual((status, output), (2, b""), arguments)
                self.assertIn(reason, complaint)
                self.assertIn("usage: ", complaint)
        for status, output, complaint in self.run_scripts([PYTHON, PERL], "", "--help", key=None):
            self.assertEqual((status, complaint), (0, ""))
            self.assertIn(b"VERIFIER_KEY is what", output)


if __name__ == "__main__":
    unittest.main()
