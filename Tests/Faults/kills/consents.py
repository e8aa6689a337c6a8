"""Decisions of customers: each is in the ledger or is not, and what it takes out of use is out of use with it."""

import operations
from area import Area
from vault import expect


class Consents(Area):
    name = "consents"

    def begin(self):
        self.people = [self.ledger.person() for _ in range(12)]
        self.world.feed(36, self.people)
        self.decided = {person: [] for person in self.people}

    def round(self):
        world = self.world
        person = self.random.choice(self.people)
        target, decision = world.pseudonym(person), self.random.choice(["objected", "given"])
        before = len(world.allowed("subject.consent", target))
        attempt = world.attempt(operations.decide_about(target, person, decision))
        expect(attempt.killed or attempt.done, "consent-fails", f"{decision}: {attempt}")
        if world.happened(attempt, "subject.consent", target, before):
            self.decided[person].append(decision)
        world.check()
        self.look(person, target)

    def look(self, person, target):
        ledger = self.vault.rows("officer", "subject", "consents", target, "--purpose", operations.PURPOSE)
        expect([row["decision"] for row in ledger] == self.decided[person], "consent-lost", f"the ledger is {ledger}, not {self.decided[person]}")
        # What somebody objected to does not use their records, and what nobody objected to uses all.
        objecting = {person for person, decisions in self.decided.items() if decisions[-1:] == ["objected"]}
        wanted = sum(record.state == "in" and record.person not in objecting for record in self.ledger.records.values())
        shown = len(self.vault.rows("analyst", "query", "--purpose", "insight", "--select", "record", "--limit", "1000"))
        expect(shown == wanted, "objection-ignored", f"analysis sees {shown} records, not {wanted}; {len(objecting)} customers object")
