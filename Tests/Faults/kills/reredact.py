"""Redacting every text anew: what is killed on the way leaves each text as one detector or the other made it, which are the same here."""

from area import Area
from operations import Operation
from vault import expect


class Reredact(Area):
    name = "reredact"

    def begin(self):
        self.world.feed(150)
        self.texts = {id: row["text"] for id, row in self.world.check_rows().items()}

    def round(self):
        for _ in range(2):
            attempt = self.world.attempt(Operation("reredact", "cleaner", ["reredact", "--all", "--batch", "10"]))
            expect(attempt.killed or attempt.done, "reredact-fails", f"{attempt}")
            self.look()
        done = self.vault.must("cleaner", "reredact", "--all").out
        expect("nothing is left" in done and int(done.split()[1]) >= len(self.texts), "reredact-incomplete", done.strip())
        self.look()

    def look(self):
        self.world.check()
        texts = {id: row["text"] for id, row in self.world.check_rows().items()}
        expect(texts == self.texts, "unreadable", "texts are not as they were")
