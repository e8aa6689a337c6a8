"""Correction: in all records of a customer, or in none."""

import json

import operations
from area import Area
from vault import expect


class Correct(Area):
    name = "correct"

    def begin(self):
        people = [self.ledger.person() for _ in range(12)]
        self.world.feed(60, people)
        self.next = 5000

    def round(self):
        world = self.world
        person = self.random.choice(self.ledger.living())
        target = world.pseudonym(person)
        before = len(world.allowed("subject.correct", target))
        self.next += 1
        old, new = person.phone, f"1997731{self.next}"
        attempt = world.attempt(operations.correct(target, person, "phone", new))
        if not attempt.killed:
            expect(attempt.done, "correct-fails", f"{attempt}")
        is_new = world.happened(attempt, "subject.correct", target, before)
        person.phone, other = (new, old) if is_new else (old, new)
        world.check()
        expect(self.vault.find("phone", person.phone) == [target], "lost", f"{person.phone} is not found after {attempt}")
        expect(self.vault.find("phone", other) == [], "half-corrected", f"{other} is found after {attempt}")
        copy = self.vault.must("officer", "subject", "export", target, "--purpose", operations.PURPOSE, "--reason", "look").out
        values = set(self.phones(json.loads(copy)))
        expect(values == {person.phone}, "half-corrected", f"records have {sorted(values)} after {attempt}")

    def phones(self, value):
        """All values of members called phone."""
        if isinstance(value, dict):
            for name, item in value.items():
                if name == "phone" and isinstance(item, str):
                    yield item
                else:
                    yield from self.phones(item)
        elif isinstance(value, list):
            for item in value:
                yield from self.phones(item)
