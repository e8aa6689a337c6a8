"""Erasure: a customer is there with everything, or gone for good and in the log."""

import operations
from area import Area
from ledger import text_of
from vault import expect


class Erase(Area):
    name, weight = "erase", 5

    def begin(self):
        self.fed = []
        self.more()

    def more(self):
        for _ in range(30):
            self.ledger.person()
        people = self.ledger.people[-30:]
        self.fed += self.world.feed(90, people)

    def round(self):
        world = self.world
        living = self.ledger.living()
        if len(living) < 5:
            self.more()
            living = self.ledger.living()
        person = self.random.choice(living)
        target = world.pseudonym(person)
        attempt = world.attempt(operations.erase(target, person))
        if not attempt.killed:
            expect(attempt.done, "erase-fails", f"{attempt}")
        person.is_erased = world.happened(attempt, "subject.erase", target)
        world.check()
        self.look(person, target)

    def look(self, person, target):
        found = self.vault.find("customer_id", person.id), self.vault.find("phone", person.phone)
        if not person.is_erased:
            return expect(found == ([target], [target]), "lost", f"a customer who was not erased is not found: {found}")
        expect(found == ([], []), "erased-back", f"an erased customer is found: {found}")
        copy = self.vault.run("officer", "subject", "export", target, "--purpose", operations.PURPOSE, "--reason", "look")
        expect(copy.status == 1 and "not found" in copy.err, "erased-back", f"export of an erased customer: {copy.status} {copy.out[:100]} {copy.err[:200]}")
        again = self.world.act(operations.erase(target, person), self.random.choice(["command", "server"]))
        expect(not again.done and again.status in (1, 404, 409), "erased-twice", f"an erased customer is erased again: {again}")
        if self.random.random() < 0.2:
            self.vault.must("officer", "subject", "certificate", target, "--purpose", operations.PURPOSE, kind="no-certificate")

    def settle(self):
        return [self.keys_are_gone, *super().settle(), self.fed_again]

    def keys_are_gone(self):
        rows = self.vault.rows("admin", "keys", "status")
        keys, living = sum(row["subject_keys"] for row in rows), len(self.ledger.living())
        expect(keys == living, "keys-stay", f"{keys} customers' keys for {living} customers")

    def fed_again(self):
        """The source's next full export brings nobody back."""
        erased = sum(record.person.is_erased for record in self.fed)
        again = self.world.must(operations.ingest(self.fed, self.world.write("again.jsonl", text_of(self.fed))))
        stored = operations.counts(again)[0]
        expect(stored == 0, "erased-comes-back", f"{stored} of {erased} records of erased customers are stored again: {again.out.strip()}")
        self.world.check_rows()
