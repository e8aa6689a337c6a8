"""Restores that are killed: the home is there whole or not at all, and the same command again makes it."""

import os

import operations
from area import Area
from copies import Copies
from ledger import text_of
from operations import Operation
from vault import Fault, expect


class Restore(Area):
    name, weight, rounds = "restore", 3, 10

    def begin(self):
        """A snapshot, and after it all that must survive its restore."""
        world = self.world
        people = [self.ledger.person() for _ in range(40)]
        self.fed = world.feed(150, people)
        self.copies = Copies(world)
        self.attempts = 0
        self.vault.issue("guest", "analyst")
        world.must(operations.hold(world.pseudonym(people[3]), people[3]))
        people[3].holds = ["before"]
        self.record = next(row["record"] for id, row in world.check_rows().items() if self.ledger.records[id].person is people[5])
        self.number = operations.waiting(world.must(operations.ask_approval(self.record, "national_id", "letter")).err)
        world.must(operations.decide(self.number, "grant", "letter"))
        self.copies.note(world.must(self.copies.operation))
        self.snapshot = next(iter(self.copies.taken.items()))

        self.erased, self.held, self.restricted = people[0], people[1], people[2]
        world.must(operations.erase(world.pseudonym(self.erased), self.erased))
        self.erased.is_erased = True
        world.must(operations.hold(world.pseudonym(self.held), self.held))
        self.held.holds = ["after"]
        world.must(operations.restrict(world.pseudonym(self.restricted), self.restricted))
        self.restricted.is_restricted = True
        world.must(operations.revoke(self.vault.token_ids["guest"]))
        world.must(operations.reveal(self.record, "national_id", "letter"))
        world.check()
        # The lost vault's own key store, which survived.
        self.keys = os.path.join(self.vault.home, "keystore.db") if not world.cluster else os.path.join(self.copies.keys, "keystore.db")
        if world.cluster:
            self.copies.note(world.must(self.copies.operation))

    def round(self):
        self.attempts += 1
        name, ids = self.snapshot
        home = self.world.path(f"home-{self.attempts}")
        restore = Operation("restore", "admin", ["restore", self.copies.folder, "--keystore", self.keys, "--snapshot", name])
        self.vault.home, real = home, self.vault.home
        self.world.work += [home, self.world.path(f".home-{self.attempts}-restoring")]
        try:
            attempt = self.world.attempt(restore, "command")
            expect(attempt.killed or attempt.done, "restore-fails", f"{attempt}")
            expect(os.path.isdir(home) or not attempt.done, "restore-lost", f"no home after {attempt}")
            if not os.path.isdir(home):
                self.vault.must("admin", *restore.arguments, kind="restore-again-fails")
            self.look(home, ids)
        finally:
            self.vault.home = real
            del self.world.work[-2:]
        self.world.check()

    def look(self, home, ids):
        self.vault.verify(home)
        left = self.vault.leftovers()
        expect(left == [], "restore-leftover", f"after a restore that succeeded: {left}")
        shown = {row["app_version"] for row in self.vault.listing(home)}
        records = self.ledger.records
        wanted = {id for id in ids if records[id].person not in (self.erased, self.restricted)}
        # Whether a restriction comes back is looked at by itself.
        expect({id for id in shown if records[id].person is not self.restricted} == wanted, "restored-differs", f"{len(shown)} records, {len(wanted)} expected")

    def settle(self):
        home = self.world.path("home-last")
        name, _ = self.snapshot
        result = self.vault.run("admin", "restore", self.copies.folder, "--keystore", self.keys, "--snapshot", name, home=home)
        if result.status != 0:
            raise Fault("unrestorable", f"restore ends with {result.status}: {result.err[:300]}")
        checks = {
            "revoked_stays": self.revoked_stays, "restricted_stays": self.restricted_stays, "held_stays": self.held_stays,
            "used_approval_stays": self.used_approval_stays, "erased_stays": self.erased_stays}
        return [named(name, check, home) for name, check in checks.items()] + super().settle()

    def revoked_stays(self, home):
        result = self.vault.run("guest", "query", "--purpose", "insight", "--select", "record", "--limit", "1", home=home)
        expect(result.status == 3, "restore-revives-token", "a token that was revoked after the snapshot works in the restored vault")

    def restricted_stays(self, home):
        shown = [row for row in self.vault.listing(home) if self.ledger.records[row["app_version"]].person is self.restricted]
        expect(not shown, "restore-drops-restriction", "a customer who was restricted after the snapshot is shown by the restored vault")

    def held_stays(self, home):
        for person, when in ((self.held, "after"), (self.ledger.people[3], "before")):
            operation = operations.erase(self.world.pseudonym(person), person)
            result = self.vault.run("officer", *operation.arguments, home=home)
            expect(result.status == 3, "restore-drops-hold", f"a customer held {when} the snapshot is erased in the restored vault: {result.status} {result.out.strip()}")

    def used_approval_stays(self, home):
        use = operations.reveal(self.record, "national_id", "letter")
        result = self.vault.run("officer", *use.arguments, home=home)
        expect(result.out == "", "restore-revives-approval", "an approval that was used after the snapshot is used again in the restored vault")

    def erased_stays(self, home):
        """The feeds that are ingested again after a restore bring nobody back."""
        expect(self.vault.find("customer_id", self.erased.id, home) == [], "erased-restored", "an erased customer is in the restored vault")
        path = self.world.write("again.jsonl", text_of(self.fed))
        self.vault.run("loader", "ingest", path, "--source", "feed", home=home)
        expect(self.vault.find("customer_id", self.erased.id, home) == [], "erased-comes-back", "ingesting the feeds again brings an erased customer back")


def named(name, check, home):
    def step():
        check(home)
    step.__name__ = name
    return step
