"""Restriction: all records of a customer are out of use, or none is."""

import operations
from area import Area
from vault import expect


class Restrict(Area):
    name = "restrict"

    def begin(self):
        people = [self.ledger.person() for _ in range(15)]
        self.world.feed(60, people)

    def round(self):
        world = self.world
        person = self.random.choice(self.ledger.living())
        target, lift = world.pseudonym(person), person.is_restricted
        before = len(world.allowed("subject.restrict", target))
        attempt = world.attempt(operations.restrict(target, person, lift))
        if not attempt.killed:
            expect(attempt.done, "restrict-fails", f"lift {lift}: {attempt}")
        if world.happened(attempt, "subject.restrict", target, before):
            person.is_restricted = not lift
        world.check()
        # What comes in for a restricted customer is kept, and out of use as well.
        if person.is_restricted and self.random.random() < 0.3:
            record = self.ledger.record(person)
            stored = world.must(operations.ingest([record], world.write("one.jsonl", record.line)))
            expect(operations.counts(stored) == (1, 0), "ingest-miscounts", f"{stored}")
            record.state = "in"
            world.check_rows()
