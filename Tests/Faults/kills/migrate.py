"""The move from files to a database: killed, it goes on or begins anew, and nothing is lost on the way."""

import os

import operations
from area import Area
from operations import Operation
from vault import expect


class Migrate(Area):
    name, stores, weight, rounds = "migrate", ("postgres",), 2, 12
    begins_in_files = True

    def begin(self):
        people = [self.ledger.person() for _ in range(300)]
        self.world.feed(1500, people)
        self.vault.database = self.world.cluster.database()

    def round(self):
        world, database = self.world, self.vault.database
        move = Operation("migrate", "admin", ["migrate", "--to", database.vault, "--owner", database.owner])
        attempt = world.attempt(move, self.random.choice(["command", "command", "sessions", "crash"]))
        expect(attempt.killed or attempt.done, "migrate-fails", f"{attempt}")
        expect(os.path.exists(self.vault.home + "/postgres") or not attempt.done, "migrate-lost", f"{attempt}")
        # Until it is in the database the vault works in its files, but for the moment between.
        record = self.ledger.record(self.random.choice(self.ledger.living()))
        adding = world.act(operations.ingest([record], world.write("one.jsonl", record.line)))
        if adding.done:
            record.state = "in"
        else:
            expect("finish the move" in adding.err, "migrate-stuck", f"{adding}")
            world.must(move)
        if os.path.exists(self.vault.home + "/postgres"):
            self.look()
        else:
            world.check()

    def look(self):
        """In the database: everything, and all goes on."""
        self.is_over = True
        self.world.check()
        for name in os.listdir(self.vault.home):
            if name.startswith(("vault.db", "keystore.db")):
                os.remove(os.path.join(self.vault.home, name))
        self.world.check()
        person = self.random.choice(self.ledger.living())
        self.world.must(operations.erase(self.world.pseudonym(person), person))
        person.is_erased = True
        self.world.check()
