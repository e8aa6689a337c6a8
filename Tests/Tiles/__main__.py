"""A published log against the library of Go's checksum database: python3 Tests/Tiles

Makes a vault with the program of VOC_BIN (.build/debug) and a log of more than one tile, and has main.go check its files: it is the
stock reader of C2SP's tiles and notes, written by who wrote the formats, and knows nothing of the vault. Each kind of tampering that it
must find is tried as well. Needs Debian's golang-go and golang-golang-x-mod-dev.
"""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAM = Path(os.environ.get("VOC_BIN", ROOT / ".build/debug")).resolve() / "vocvault"
# A full tile and a part of another.
ENTRIES = 300


class Tiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="voc-tiles-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.checker = cls.folder / "check"
        # From the packages that Debian has installed, and nothing else.
        go = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(cls.folder / "cache")}
        subprocess.run(["go", "build", "-o", cls.checker, HERE / "main.go"], env=go, check=True)
        cls.key = cls.make_log()

    @classmethod
    def make_log(cls):
        """A vault whose log is long enough; returns the log's key."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VOC")}
        environment.update(VOCVAULT_HOME=str(cls.folder / "vault"), VOCVAULT_KEYS=str(cls.folder / "keys"), VOCVAULT_POLICIES=str(ROOT / "policies"))

        def vocvault(*words):
            done = subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True)
            if done.returncode != 0:
                raise AssertionError(f"vocvault {words}: {done.stderr}")
            return done.stdout + done.stderr

        vocvault("keys", "generate")
        environment["VOCVAULT_TOKEN"] = re.search(r"vvt_\S+", vocvault("init"))[0]
        for number in range(ENTRIES):
            vocvault("token", "issue", "--principal", f"p{number}", "--role", "ingest")
        environment["VOCVAULT_TOKEN"] = re.search(r"vvt_\S+", vocvault("token", "issue", "--principal", "wang", "--role", "compliance"))[0]
        # Publishes what is missing.
        vocvault("audit", "prove", "0")
        return re.search(r"key is (\S+)", vocvault("audit", "verify"))[1]

    def check(self, change=lambda audit: None, key=None):
        """Checks a copy of the log in which a test has changed something."""
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / "audit"
        shutil.copytree(self.folder / "vault/audit", copy)
        change(copy)
        done = subprocess.run([self.checker, copy, key or self.key], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def flip(self, name, place):
        """What changes a byte of a file."""

        def change(audit):
            content = bytearray((audit / name).read_bytes())
            content[place] ^= 1
            (audit / name).write_bytes(content)

        return change

    def refused(self, change, expected, key=None):
        status, said = self.check(change, key)
        self.assertEqual(status, 1, said)
        self.assertIn(expected, said)

    def test_it_finds_the_log_whole(self):
        status, said = self.check()
        self.assertEqual(status, 0, said)
        self.assertGreaterEqual(int(said.split()[0]), ENTRIES)

    def test_a_changed_entry_is_found(self):
        self.refused(self.flip("tile/entries/000", 40), "entry 0")

    def test_a_changed_tile_is_found(self):
        self.refused(self.flip("tile/0/000", 5), "invalid transparency proof")

    def test_a_checkpoint_with_another_root_is_found(self):
        self.refused(self.flip("checkpoint", 60), "invalid signature")

    def test_another_logs_key_opens_nothing(self):
        name, number, key = self.key.split("+", 2)
        self.refused(lambda audit: None, "invalid verifier hash", key=f"{name}x+{number}+{key}")

    def test_a_missing_tile_is_found(self):
        self.refused(lambda audit: (audit / "tile/entries/000").unlink(), "no such file")


unittest.main()
