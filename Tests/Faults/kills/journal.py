"""What protects people, killed at any moment: a restore beside an older copy of the keys loses nothing of it that was acknowledged."""

import operations
from area import Area
from copies import Copies
from vault import expect


class Journal(Area):
    name, rounds = "journal", 10

    def begin(self):
        """A snapshot with a copy of the key store that stays as it is: all that follows is in neither."""
        self.people = [self.ledger.person() for _ in range(30)]
        self.world.feed(90, self.people)
        self.copies = Copies(self.world)
        self.copies.note(self.world.must(self.copies.operation))
        self.guests, self.revoked = [], []
        for number in range(6):
            name = f"guest{number}"
            self.vault.issue(name, "analyst")
            self.guests.append(name)
        # The guests are in it, too.
        self.copies.note(self.world.must(self.copies.operation))
        self.kept = {}

    def round(self):
        kind = self.random.choice(["erase", "hold", "restrict", "object", *(["revoke"] if self.guests else [])])
        if kind == "revoke":
            self.revoke(self.guests.pop())
        else:
            self.protect(kind)
        self.world.check()

    def protect(self, kind):
        person = self.random.choice([person for person in self.ledger.living() if person not in self.kept])
        target = self.world.pseudonym(person)
        action, operation = {
            "erase": ("subject.erase", operations.erase(target, person)), "hold": ("subject.hold", operations.hold(target, person)),
            "restrict": ("subject.restrict", operations.restrict(target, person)),
            "object": ("subject.consent", operations.decide_about(target, person, "objected"))}[kind]
        attempt = self.world.attempt(operation)
        expect(attempt.killed or attempt.done, "protect-fails", f"{kind}: {attempt}")
        if self.world.happened(attempt, action, target):
            self.kept[person] = kind
            person.is_erased, person.is_restricted = kind == "erase", kind == "restrict"
            if kind == "hold":
                person.holds = ["kept"]

    def revoke(self, guest):
        attempt = self.world.attempt(operations.revoke(self.vault.token_ids[guest]))
        expect(attempt.killed or attempt.done, "revoke-fails", f"{attempt}")
        if self.answer(guest, self.vault.home) == 3:
            self.revoked.append(guest)
        else:
            expect(not attempt.done, "revoke-lost", f"a token works after {attempt}")

    def answer(self, guest, home):
        return self.vault.run(guest, "query", "--purpose", "insight", "--select", "record", "--limit", "1", home=home).status

    def settle(self):
        return [self.nothing_comes_back, *super().settle()]

    def nothing_comes_back(self):
        result, home = self.copies.restore(self.copies.last)
        expect(result.status == 0, "unrestorable", f"restore beside an older copy of the keys ends with {result.status}: {result.err.strip()[:300]}")
        self.vault.verify(home)
        shown = {self.ledger.records[row["app_version"]].person for row in self.vault.listing(home)}
        for person, kind in self.kept.items():
            if kind in ("erase", "restrict"):
                expect(person not in shown, f"restore-drops-{kind}", f"a customer is shown whom {kind} took out before the restore")
            elif kind == "hold":
                erasing = operations.erase(self.world.pseudonym(person), person)
                status = self.vault.run("officer", *erasing.arguments, home=home).status
                expect(status == 3, "restore-drops-hold", f"a customer who is held is erased in the restored vault: {status}")
            else:
                ledger = self.vault.rows("officer", "subject", "consents", self.world.pseudonym(person), "--purpose", operations.PURPOSE, home=home)
                expect([row["decision"] for row in ledger] == ["objected"], "restore-drops-objection", f"a customer who objects has {ledger} in the restored vault")
        for guest in self.revoked:
            expect(self.answer(guest, home) == 3, "restore-revives-token", "a token that was revoked works in the restored vault")
