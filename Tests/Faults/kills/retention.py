"""Retention: what is due goes, in batches; what is not due, or is on hold, stays."""

import operations
from area import Area
from vault import expect


class Retention(Area):
    name = "retention"
    rounds = 12

    def begin(self):
        # Who keeps a young record is found again when an older one loses what names them.
        self.young = [self.ledger.person() for _ in range(100)]
        self.world.feed(300, self.young)

    def round(self):
        world = self.world
        people = [self.ledger.person() for _ in range(15)] + self.random.sample(self.young, 5)
        old = world.feed(40, people, day="2019-05-04")
        world.feed(30, people, day="2024-08-09")
        held = self.random.choice([record.person for record in old])
        if not held.holds:
            world.must(operations.hold(world.pseudonym(held), held))
            held.holds = [held.id]
        for _ in range(2):
            attempt = world.attempt(operations.retain())
            expect(attempt.killed or attempt.done, "retention-fails", f"{attempt}")
            self.due_is_unsure()
            world.check()
        self.complete()

    def due_is_unsure(self):
        for record in self.ledger.records.values():
            if record.state == "in" and record.day < "2020" and not record.person.holds:
                record.state = "unsure"

    def complete(self):
        """The next run does the rest."""
        world = self.world
        world.must(operations.retain())
        due = {row["rule"]: row["due"] for row in self.vault.rows("cleaner", "retention", "plan")}
        expect(not any(due.values()), "retention-incomplete", f"after a run that says nothing is left: {due}")
        left_over = [record for record in self.ledger.records.values() if record.day < "2020" and not record.person.holds]
        for record in left_over:
            record.state = "out"
        world.check()
        person = self.random.choice([record.person for record in left_over])
        is_left = any(record.state == "in" for record in self.ledger.of(person))
        found = self.vault.find("customer_id", person.id)
        # Who has records that only lost what names them cannot be found by it either.
        expect(is_left or found == [], "erased-back", f"a customer without records is found: {found}")

    def settle(self):
        return [self.customers_without_records_are_gone, *super().settle()]

    def customers_without_records_are_gone(self):
        rows = self.vault.rows("admin", "keys", "status")
        keys, living = sum(row["subject_keys"] for row in rows), len(self.ledger.living())
        expect(keys == living, "keys-stay", f"{keys} customers' keys for {living} customers")
