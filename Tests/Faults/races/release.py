"""What is released to somebody while it may no longer be."""

import operations
from operations import Operation
from pair import Pair
from vault import expect


class Releasing(Pair):
    """Nothing that leaves stands in the log after the entry that forbids it."""

    def none_after(self, released, forbidding, kind):
        for attempt in released:
            if attempt.done and forbidding.done:
                expect(attempt.receipt is not None, "harness", f"no receipt: {attempt}")
                expect(attempt.receipt < forbidding.receipt, kind, f"entry {attempt.receipt} released something, entry {forbidding.receipt} had forbidden it")
        # 429: the address was refused too often before.
        self.plainly(released, (1, 3, 401, 403, 404, 409, 429))


class EraseReveal(Releasing):
    name = "erase-reveal"
    mixes = (8, 2, 0)

    def round(self):
        person, target = self.person()
        reveal = operations.reveal(self.record_of(person), "phone", person.reason)
        *reveals, erasing = self.meet(*[reveal] * 4, operations.erase(target, person))
        expect(erasing.done, "erase-fails", f"{erasing}")
        person.is_erased = True
        for attempt in reveals:
            expect(not attempt.done or person.phone in attempt.out, "wrong-value", "another value than that of the record came out")
        self.none_after(reveals, erasing, "revealed-after-erasure")
        self.verify()


class EraseExport(Releasing):
    name = "erase-export"

    def round(self):
        person, target = self.person()
        export = operations.subject("subject.export", "officer", target, "export", "letter")
        exports_and_erasure = self.meet(export, export, operations.erase(target, person))
        *exports, erasing = exports_and_erasure
        expect(erasing.done, "erase-fails", f"{erasing}")
        person.is_erased = True
        # An archive over HTTP says its entry in a header; the log knows it by the time.
        entries = [entry["seq"] for entry in self.entries("subject.export", target)]
        expect(len(entries) == sum(attempt.done for attempt in exports), "log-differs", f"{len(entries)} entries for {'; '.join(str(e)[:60] for e in exports)}")
        late = [entry for entry in entries if entry > erasing.receipt]
        expect(not late, "exported-after-erasure", f"entries {late} gave out a copy, entry {erasing.receipt} had erased the customer")
        self.verify()


class RestrictReveal(Releasing):
    name = "restrict-reveal"
    mixes = (8, 2, 0)

    def round(self):
        person, target = self.person()
        reveal = operations.reveal(self.record_of(person), "phone", person.reason)
        *reveals, restricting = self.meet(*[reveal] * 4, operations.restrict(target, person))
        expect(restricting.done, "restrict-fails", f"{restricting}")
        person.is_restricted = True
        self.none_after(reveals, restricting, "revealed-after-restriction")
        self.verify()


class RevokeUse(Releasing):
    name = "revoke-use"

    def begin(self):
        super().begin()
        self.guests = 0

    def round(self):
        self.guests += 1
        issued = self.servers[0].json("admin", "POST", "/v1/tokens", {"principal": f"guest{self.guests}", "role": "analyst"})
        body = {"purpose": "insight", "select": ["record", "text"], "limit": 5}
        use = Operation("query", issued["token"], ["query", "--purpose", "insight", "--select", "record,text", "--limit", "5"], ("POST", "/v1/query", body))
        # Commands do not say the number of their entry.
        *uses, revoking = self.meet(use, use, use, operations.revoke(issued["id"]), mix=0)
        expect(revoking.done, "revoke-fails", f"{revoking}")
        self.none_after(uses, revoking, "used-after-revocation")
        status, text = self.random.choice(self.servers).ask(issued["token"], "POST", "/v1/query", body)
        # 429: so many guests were refused that the address has to wait.
        expect(status in (401, 429), "revoked-works", f"a revoked token: {status} {text[:200]}")
        self.verify()
