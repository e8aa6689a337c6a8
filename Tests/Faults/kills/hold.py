"""Legal holds: each that was acknowledged refuses erasure until it is released, whatever becomes of others."""

import operations
from area import Area
from vault import expect

# Holds of one customer at the same time.
MOST = 3


class Hold(Area):
    name, weight = "hold", 4

    def begin(self):
        people = [self.ledger.person() for _ in range(20)]
        self.world.feed(50, people)

    def round(self):
        person = self.random.choice(self.ledger.living())
        target = self.world.pseudonym(person)
        if person.holds and (len(person.holds) == MOST or self.random.random() < 0.5):
            self.release(person, target, self.random.choice(person.holds))
        else:
            self.hold(person, target)
        self.world.check()
        self.look(person, target)

    def in_force(self, target):
        rows = self.vault.rows("officer", "subject", "holds", target, "--purpose", operations.PURPOSE)
        return [row["hold"] for row in rows if row["state"] == "in force"]

    def hold(self, person, target):
        before = len(self.world.allowed("subject.hold", target))
        attempt = self.world.attempt(operations.hold(target, person))
        expect(attempt.killed or attempt.done, "hold-fails", f"{attempt}")
        happened = self.world.happened(attempt, "subject.hold", target, before)
        numbers = self.in_force(target)
        new = [number for number in numbers if number not in person.holds]
        expect(len(new) == happened and set(person.holds) <= set(numbers), "hold-lost", f"holds {numbers}, before {person.holds}, after {attempt}")
        if attempt.done:
            expect(new == [operations.hold_number(attempt)], "hold-lost", f"holds {new} are new after {attempt}")
        person.holds = numbers

    def release(self, person, target, number):
        before = len(self.world.allowed("subject.release", target))
        attempt = self.world.attempt(operations.release(target, person, number))
        expect(attempt.killed or attempt.done, "release-fails", f"{attempt}")
        happened = self.world.happened(attempt, "subject.release", target, before)
        numbers = self.in_force(target)
        wanted = [hold for hold in person.holds if hold != number or not happened]
        expect(numbers == wanted, "hold-lost", f"holds {numbers}, not {wanted}, after {attempt}")
        person.holds = numbers

    def look(self, person, target):
        # One who is not held is erased now and then; most are kept for later rounds.
        if not person.holds and self.random.random() < 0.8:
            return
        erasing = self.world.act(operations.erase(target, person), self.random.choice(["command", "server"]))
        if person.holds:
            expect(not erasing.done and erasing.status in (3, 409), "hold-lost", f"a customer under holds {person.holds} is erased: {erasing}")
            expect(self.vault.find("customer_id", person.id) == [target], "hold-lost", "a customer on hold is not found")
        else:
            expect(erasing.done, "hold-stays", f"a customer without a hold cannot be erased: {erasing}")
            person.is_erased = True
