"""Reveals that need a second principal: asked, granted, used once; what was released is in the log."""

import operations
from area import Area
from vault import expect


class Approvals(Area):
    name, weight = "approvals", 4

    def begin(self):
        people = [self.ledger.person() for _ in range(10)]
        self.world.feed(30, people)
        self.fresh = sorted(self.ledger.records)

    def state(self, record):
        """(number, state) of the newest request about a record."""
        rows = [row for row in self.vault.rows("lead", "approvals", "list") if row["record"] == record]
        return (rows[-1]["id"], rows[-1]["state"], len(rows)) if rows else (None, "none", 0)

    def reveals(self, record):
        return len(self.world.allowed("reveal", record))

    def round(self):
        """A request, its grant and its use, each killed at some moment and then completed."""
        world = self.world
        if not self.fresh:
            self.fresh = [record.id for record in world.feed(20, self.ledger.people)]
        id = self.fresh.pop(self.random.randrange(len(self.fresh)))
        person = self.ledger.records[id].person
        record = world.check_rows()[id]["record"]
        ask = operations.ask_approval(record, "national_id", person.reason)
        number = self.ask(ask, record)
        self.grant(number, record, person)
        self.use(operations.reveal(record, "national_id", person.reason), ask, record, person)
        world.check()

    def ask(self, ask, record):
        attempt = self.world.attempt(ask)
        expect(attempt.killed or attempt.done, "request-fails", f"{attempt}")
        number, state, count = self.state(record)
        expect(count <= 1 and (state == "pending" if attempt.done else state in ("pending", "none")), "approval-lost", f"{state} ({count}) after {attempt}")
        if state == "none":
            self.world.must(ask)
            number, state, count = self.state(record)
        expect((state, count) == ("pending", 1), "approval-doubled", f"{count} requests, {state}")
        return number

    def grant(self, number, record, person):
        grant = operations.decide(number, "grant", person.reason)
        attempt = self.world.attempt(grant)
        expect(attempt.killed or attempt.done, "grant-fails", f"{attempt}")
        _, state, _ = self.state(record)
        expect(state == "granted" if attempt.done else state in ("granted", "pending"), "approval-lost", f"{state} after {attempt}")
        if state == "pending":
            self.world.must(grant)
        again = self.world.act(operations.decide(number, "grant", "again", "lead2"))
        expect(not again.done, "granted-twice", f"a request that is decided is decided again: {again}")

    def use(self, use, ask, record, person):
        world = self.world
        released = 0
        for _ in range(3):
            attempt = world.attempt(use)
            if attempt.done:
                value = person.national_id
                expect(value in attempt.out, "wrong-value", "another value than that of the record came out")
            _, state, _ = self.state(record)
            shown = self.reveals(record)
            expect(shown in (0, 1) and (shown == 1) == (state == "used"), "approval-differs", f"{shown} reveals in the log, the request is {state}: {attempt}")
            expect(shown == 1 or not attempt.done, "released-unlogged", f"a value came out without an entry: {attempt}")
            released += attempt.done
            if state == "used":
                break
        else:
            # It was killed each time before it began.
            attempt = world.must(use)
            expect(person.national_id in attempt.out, "wrong-value", "another value than that of the record came out")
        # A grant is for one use.
        again = world.act(ask)
        expect(again.done and self.reveals(record) == 1, "used-twice", f"a grant was used again: {again}")
