"""Redacting anew: texts of an older detector are brought up to date, the others left alone."""

import sqlite3

from area import Area
from operations import Operation
from vault import expect


class Reredact(Area):
    name = "reredact"

    def begin(self):
        self.world.feed(150)
        self.texts = {id: row["text"] for id, row in self.world.check_rows().items()}

    def sql(self, text):
        """As an administrator of the database could; the tests' own way to have records of yesterday's detector."""
        if self.world.cluster:
            return self.world.cluster.sql(text.replace("record", "vault.record", 1), self.vault.database.name)
        with sqlite3.connect(self.vault.home + "/vault.db") as connection:
            row = connection.execute(text).fetchone()
        connection.close()
        return row[0] if row else None

    def older(self):
        return int(self.sql("SELECT COUNT(*) FROM record WHERE redaction_version = 0"))

    def round(self):
        world = self.world
        self.sql(f"UPDATE record SET redaction_version = 0 WHERE id % 7 <> {self.random.randrange(7)}")
        before = self.older()
        expect(before > 50, "harness", f"{before} records of an older detector")
        for _ in range(2):
            attempt = world.attempt(Operation("reredact", "cleaner", ["reredact", "--batch", "10"]))
            expect(attempt.killed or attempt.done, "reredact-fails", f"{attempt}")
            self.look()
            left = self.older()
            expect(left <= before and (left == 0 or not attempt.done), "reredact-lost", f"{left} of {before} are left after {attempt}")
        done = self.vault.must("cleaner", "reredact").out
        expect("nothing is left" in done and self.older() == 0, "reredact-incomplete", done.strip())
        self.look()

    def look(self):
        self.world.check()
        texts = {id: row["text"] for id, row in self.world.check_rows().items()}
        expect(texts == self.texts, "unreadable", "texts are not as they were")
