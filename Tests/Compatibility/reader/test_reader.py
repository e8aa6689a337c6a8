"""The reader reads every vector and golden vault, and sees it when a byte of them is another."""
import contextlib
import copy
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import unittest

import conditions
import golden
import log
import vectors
from keyfile import KeyFile
from sealed import Damaged
from vault import Vault

BESIDE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(BESIDE))
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def another(character):
    """A character in the place of one. In base64, its highest bit always counts."""
    return BASE64[BASE64.index(character) ^ 32] if character in BASE64 else chr(ord(character) ^ 1)


def changed(text, index):
    return text[:index] + another(text[index]) + text[index + 1 :]


class Vectors(unittest.TestCase):
    # What of a vector is bytes, each of which counts.
    BYTES = {
        "derive": ["root", "key"], "scrypt": ["salt", "key"], "seal": ["key", "aad", "plaintext", "sealed"], "body": ["key", "vault", "uid", "body"], "index_entries": ["bytes"],
        "pseudonym": ["key"], "value_pseudonym": ["key"], "tombstone": ["key", "tag"], "cursor_aad": ["aad"], "asked_digest": ["key", "digest"],
        "token": ["random", "hash"], "entry": ["bytes", "leaf"], "tree": ["root", "frontier"], "note": ["seed", "root"],
        "cosignature": ["public"], "head": ["frontier"],
    }
    # What of it is text, each character of which counts.
    TEXT = {
        "normal_form": ["normal"], "indexed_form": ["indexed"], "pseudonym": ["text"], "value_pseudonym": ["text"], "token": ["token"], "condition": ["canonical"],
        "manifest": ["note", "verifier_key"], "tile_path": ["path"], "head": ["verifier_key"],
    }

    def setUp(self):
        with open(os.path.join(BESIDE, "vectors.json"), encoding="utf-8") as file:
            self.vectors = json.load(file)

    def test_every_vector_is_as_the_reader_has_it(self):
        self.assertEqual(set(self.vectors), set(vectors.CHECKS))
        for name, found in self.vectors.items():
            self.assertTrue(found, name)
            for vector in found:
                vectors.check(name, vector)

    def test_the_document_names_every_list_of_vectors(self):
        with open(os.path.join(ROOT, "docs", "FORMATS.md"), encoding="utf-8") as file:
            lines = re.findall(r"^\*Vectors: (.*)\*$", file.read(), re.M)
        named = {name for line in lines for name in re.findall(r"`(\w+)`", line.split(";")[0])}
        self.assertEqual(named, set(self.vectors))

    def test_a_changed_byte_is_seen(self):
        count = 0
        for name, members in self.BYTES.items():
            for vector in self.vectors[name]:
                for member in members:
                    for index in range(0, len(vector[member]), 2):
                        digits = f"{int(vector[member][index:index + 2], 16) ^ 1:02x}"
                        self.refuse(name, vector, member, vector[member][:index] + digits + vector[member][index + 2 :])
                        count += 1
        self.assertGreater(count, 1000)

    def test_a_changed_character_is_seen(self):
        for name, members in self.TEXT.items():
            for vector in self.vectors[name]:
                for member in members:
                    for index in range(len(vector[member])):
                        self.refuse(name, vector, member, changed(vector[member], index))

    def test_a_changed_note_is_seen(self):
        for vector in self.vectors["note"]:
            # Of two signatures one is enough.
            if vector["note"].count("\u2014") == 1:
                for index in range(len(vector["note"])):
                    self.refuse("note", vector, "note", changed(vector["note"], index))
        for vector in self.vectors["cosignature"]:
            note = vector["note"]
            for index in [*range(note.index("\n\n")), *range(note.rindex("\u2014"), len(note))]:
                self.refuse("cosignature", vector, "note", changed(note, index))

    def test_of_two_slots_a_damaged_one_does_not_count(self):
        (vector,) = self.vectors["head"]
        origin, public = log.read_verifier_key(vector["verifier_key"])
        data = bytes.fromhex(vector["file"])
        newer = max((0, 4096), key=lambda start: int(re.search(rb"\ndecisions (\d+)\n", data[start : start + 4096])[1]))
        for index in range(len(data[newer : newer + 4096].rstrip(b"\n"))):
            damaged = bytearray(data)
            damaged[newer + index] ^= 1
            decisions, checkpoint, _ = log.kept_head(bytes(damaged), [(public, None)], origin)
            self.assertEqual((decisions, checkpoint.size), (1, 7))
        with self.assertRaises(Damaged):
            log.kept_head(data.replace(b"sum ", b"sun "), [(public, None)], origin)

    def refuse(self, name, vector, member, value):
        other = copy.deepcopy(vector)
        other[member] = value
        try:
            vectors.check(name, other)
        except (Damaged, ValueError, KeyError, IndexError):
            return
        self.fail(f"{name}: another {member} is not seen: {value!r}")


class WhatNoVectorHas(unittest.TestCase):
    """Found by comparing with what a vault had stored."""

    def test_values_of_conditions(self):
        for text, canonical in [
            ("a = 007", "a = 7"), ("a = -0", "a = 0"), ("a = 2026-03-04t12:37+0800", "a = 2026-03-04T04:37:00Z"),
            ("a = 2026-03-04T12:37:39.1209z", "a = 2026-03-04T12:37:39.120Z"), ("a = 'x'\u200c'", "a = 'x'\u200c'"), ("a\u3000= 1", "a = 1"),
        ]:
            self.assertEqual(conditions.write(conditions.read(text)), canonical)
        for text in ["a = 1e400", "a = 2026-02-30", "a contains ''", "a contains 1", "a = .5", "a = +1", "a = 9223372036854775808", "a = 'x", "a\x1c= 1"]:
            with self.assertRaises(Damaged, msg=text):
                conditions.read(text)

    def test_key_files_that_are_none(self):
        whole = "version 1\nactive a\nroot a file QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
        KeyFile(whole).root("a")
        for text in ["version", whole + "root", whole + "root b", whole + "root b file", whole + "root b safe x", whole + "version 2", whole + "other 1", whole + "# " + "x" * (64 << 10)]:
            with self.assertRaises(Damaged, msg=text):
                KeyFile(text)
        salt = "AAAAAAAAAAAAAAAAAAAAAA=="
        for provider in ["file x", "file " + "A" * 42 + "==", "exec /bin/false", "exec /bin/echo", "passphrase n=16384", f"passphrase salt={salt[4:]}",
                         f"passphrase salt={salt} n=16385", f"passphrase salt={salt} n=x", f"passphrase salt={salt} p=17", f"passphrase salt={salt} q=1", f"passphrase salt={salt} from=/none"]:
            with self.assertRaises(Damaged, msg=provider):
                KeyFile(f"version 1\nactive a\nroot a {provider}\n").root("a")

    def test_documents_without_their_lines(self):
        with open(os.path.join(BESIDE, "format2", "certificate"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        folder = os.path.join(BESIDE, "format2")
        vault = Vault(os.path.join(folder, "home"), os.path.join(folder, "keys"))
        signing = [(vault.log_keys()[0][0], None)]
        log.certificate("\n".join(lines), signing, vault.origin)
        for index in range(len(lines) - 1):
            with self.assertRaises(Damaged, msg=lines[index]):
                log.certificate("\n".join(lines[:index] + lines[index + 1 :]), signing, vault.origin)
        with self.assertRaises(Damaged):
            log.read_verifier_key("vocvault/none")


class GoldenVaults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "golden")

    def copied(self, name):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(os.path.join(BESIDE, name), self.folder)
        return self.folder

    def test_every_golden_vault_opens(self):
        formats = sorted(name for name in os.listdir(BESIDE) if re.fullmatch(r"format\d+", name))
        self.assertEqual(formats, [f"format{number + 1}" for number in range(len(formats))])
        self.assertGreaterEqual(len(formats), 2)
        for name in formats:
            golden.check(self.copied(name))

    def test_a_changed_row_is_seen(self):
        for file, table, key, column in [
            ("keystore.db", "root_key", "number", "proof"), ("keystore.db", "data_key", "rowid", "wrapped"), ("keystore.db", "subject_key", "subject", "wrapped"),
            ("keystore.db", "former_audit_key", "version", "note"), ("keystore.db", "protection", "seq", "body"), ("keystore.db", "erasure", "seq", "subject"),
            ("vault.db", "vault", "rowid", "vault_id"), ("vault.db", "sealed", "record", "body"), ("vault.db", "sealed", "record", "subject"), ("vault.db", "record", "id", "uid"),
            ("vault.db", "record", "id", "key_version"), ("vault.db", "record", "id", "source"), ("vault.db", "subject", "id", "entries"), ("vault.db", "blind_index_recent", "tag", "tag"),
            ("vault.db", "audit", "seq", "entry"), ("vault.db", "audit_head", "one", "frontier"), ("vault.db", "audit_head", "one", "checkpoint"), ("vault.db", "audit_head", "one", "last_time"),
            ("vault.db", "task", "id", "body"), ("vault.db", "task", "id", "state"), ("vault.db", "asked", "digest", "query"), ("vault.db", "asked", "digest", "digest"),
        ]:
            with self.subTest(table=table, column=column):
                home = os.path.join(self.copied("format2"), "home")
                with contextlib.closing(sqlite3.connect(os.path.join(home, file))) as database, database:
                    row, value = database.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key} DESC LIMIT 1").fetchone()
                    database.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (self.other(value), row))
                with self.assertRaises(Damaged):
                    golden.check(self.folder)

    @staticmethod
    def other(value):
        if isinstance(value, int):
            return value + 1000
        if isinstance(value, str):
            return changed(value, len(value) // 2)
        return value[:-1] + bytes([value[-1] ^ 1])

    def test_a_row_that_is_gone_is_seen(self):
        for file, statement in [
            ("vault.db", "DELETE FROM audit WHERE seq = 5"), ("vault.db", "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)"), ("vault.db", "DELETE FROM sealed WHERE record = 126"),
            ("keystore.db", "DELETE FROM tombstone"), ("keystore.db", "DELETE FROM subject_key WHERE subject = (SELECT MAX(subject) FROM subject_key)"), ("keystore.db", "DELETE FROM data_key WHERE kind = 'tasks'"),
            ("vault.db", "UPDATE token SET revoked_at = NULL"), ("vault.db", "UPDATE subject SET restriction = NULL"), ("vault.db", "UPDATE hold SET released_at = 1"),
            ("vault.db", "UPDATE token SET hash = id"), ("vault.db", "DELETE FROM subject_record_recent"), ("vault.db", "UPDATE hold SET ground = 'another' WHERE released_at IS NOT NULL"),
            ("vault.db", "UPDATE record SET purged = 16"),
        ]:
            with self.subTest(statement):
                home = os.path.join(self.copied("format2"), "home")
                with contextlib.closing(sqlite3.connect(os.path.join(home, file))) as database, database:
                    self.assertGreater(database.execute(statement).rowcount, 0)
                with self.assertRaises(Damaged):
                    golden.check(self.folder)

    def test_the_content_of_an_entry_is_missed_that_retention_did_not_remove(self):
        home = os.path.join(self.copied("format2"), "home")
        with contextlib.closing(sqlite3.connect(os.path.join(home, "vault.db"))) as database, database:
            (entry,) = database.execute("SELECT entry FROM audit WHERE seq = 3").fetchone()
            database.execute("UPDATE audit SET entry = ? WHERE seq = 3", (b"\0" + hashlib.sha256(b"\0" + entry).digest(),))
        with self.assertRaisesRegex(Damaged, "the content of entry 3 is missing"):
            golden.check(self.folder)

    def test_an_index_entry_of_no_record_is_seen(self):
        home = os.path.join(self.copied("format2"), "home")
        with contextlib.closing(sqlite3.connect(os.path.join(home, "vault.db"))) as database, database:
            field, tag = database.execute("SELECT id FROM indexed_field WHERE state = 'current'").fetchone()[0], bytes(16)
            database.execute("INSERT INTO blind_index_recent VALUES (?, ?, 1)", (tag, field))
            database.execute("UPDATE subject SET entries = CAST(entries || ? AS BLOB) WHERE id = 1", (field.to_bytes(2, "big") + tag,))
            self.assertEqual(database.execute("SELECT length(entries) % 18 FROM subject WHERE id = 1").fetchone()[0], 0)
        with self.assertRaisesRegex(Damaged, "the index has what no record has"):
            golden.check(self.folder)

    def test_a_number_as_text_stays_text_in_a_dump(self):
        path = os.path.join(self.copied("format2"), "postgres.sql")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("\ttax audit\t", "\t0017\t"))
        (hold,) = [row for row in Vault(path, os.path.join(self.folder, "keys")).table("hold") if row["id"] == 3]
        self.assertEqual(hold["ground"], "0017")

    def test_a_changed_file_is_seen(self):
        folder = self.copied("format2")
        paths = [os.path.join(base, name) for base, _, names in os.walk(folder) for name in names]
        paths = [path for path in paths if re.search(r"/(audit/(checkpoint|tile/.*)|snapshots/.*|chunks/.*|anchor|postgres\.sql)$", path)]
        self.assertGreater(len(paths), 14)
        for path in paths:
            with open(path, "rb") as file:
                content = file.read()
            place = content.index(b"COPY vault.sealed") + 200 if path.endswith(".sql") else len(content) // 2
            with self.subTest(path[len(folder) :]):
                with open(path, "wb") as file:
                    file.write(content[:place] + (b"0" if content[place : place + 1] != b"0" else b"1") + content[place + 1 :])
                with self.assertRaises(Damaged):
                    golden.check(folder)
            with open(path, "wb") as file:
                file.write(content)
        golden.check(folder)

    def test_every_changed_character_of_a_document_is_seen(self):
        folder = os.path.join(BESIDE, "format2")
        vault = Vault(os.path.join(folder, "home"), os.path.join(folder, "keys"))
        vault.check_log(os.path.join(folder, "home", "audit"))
        keys, origin = vault.log_keys(), vault.origin
        signing = [(public, last) for public, last in keys if last is None]
        readings = {
            "certificate": lambda text: log.certificate(text, signing, origin),
            "inclusion": lambda text: log.inclusion(text, signing, origin),
            "consistency": lambda text: log.consistency(text, signing, origin, vault.roots[19]),
        }
        for name, read in readings.items():
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            read(text)
            for index in range(len(text)):
                with self.assertRaises(Damaged, msg=f"{name}: character {index}"):
                    read(changed(text, index))

    def test_a_cursor_of_somebody_else_does_not_open(self):
        folder = os.path.join(BESIDE, "format2")
        vault = Vault(os.path.join(folder, "home"), os.path.join(folder, "keys"))
        with open(os.path.join(folder, "expected"), encoding="utf-8") as file:
            text = re.search("^cursor=(.*)$", file.read(), re.M)[1]
        own = ["golden-analyst", "analyst", "insight", ["record", "product"], "product = 'X5'"]
        vault.cursor(text, *own)
        for place, value in enumerate(["another", "agent", "follow-up", ["record"], "product = 'X6'"]):
            with self.assertRaises(Damaged):
                vault.cursor(text, *own[:place], value, *own[place + 1 :])
        for index in range(len(text)):
            with self.assertRaises(Damaged):
                vault.cursor(text[:index] + ("A" if text[index] not in "ABCD" else "z") + text[index + 1 :], *own)

    def test_another_key_file_opens_nothing(self):
        folder = self.copied("format2")
        path = os.path.join(folder, "keys")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        place = text.rindex(" file ") + 10
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed(text, place))
        with self.assertRaises(Damaged):
            golden.check(folder)


if __name__ == "__main__":
    unittest.main()
