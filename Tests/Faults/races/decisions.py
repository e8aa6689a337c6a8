"""Decisions that can be taken once."""

import json

import operations
from pair import Pair
from vault import expect


class Deciding(Pair):
    def waiting(self):
        """A request that waits: its number, the record and its customer."""
        person, _ = self.person()
        record = self.record_of(person)
        status, text = self.servers[0].ask("officer", *operations.ask_approval(record, "national_id", "letter").request)
        expect(status == 403 and operations.waiting(text), "request-fails", f"{status} {text[:200]}")
        return operations.waiting(text), record, person

    def state(self, number):
        rows = self.servers[0].json("lead", "GET", "/v1/approvals")["approvals"]
        return next(row["state"] for row in rows if row["number"] == number)


class GrantGrant(Deciding):
    name = "grant-grant"

    def round(self):
        number, _, _ = self.waiting()
        self.one_wins(self.meet(*(operations.decide(number, "grant", "fine", who) for who in ("lead", "lead2", "lead"))), "granted-twice")
        expect(self.state(number) == "granted", "approval-lost", f"request {number} is {self.state(number)}")
        self.verify()


class GrantDeny(Deciding):
    name = "grant-deny"

    def round(self):
        number, record, _ = self.waiting()
        granting, denying = self.meet(operations.decide(number, "grant", "fine", "lead"), operations.decide(number, "deny", "no", "lead2"))
        self.one_wins([granting, denying], "decided-twice")
        wanted = "granted" if granting.done else "denied"
        expect(self.state(number) == wanted, "approval-lost", f"request {number} is {self.state(number)}, {wanted} was acknowledged")
        status, text = self.servers[0].ask("officer", *operations.reveal(record, "national_id", "letter").request)
        expect((status == 200) == granting.done, "approval-lost", f"{wanted}, and the reveal gets {status} {text[:100]}")
        self.verify()


class UseUse(Deciding):
    """A grant is for one use."""

    name = "use-use"

    def round(self):
        number, record, person = self.waiting()
        status, text = self.servers[0].ask("lead", *operations.decide(number, "grant", "fine").request)
        expect(status == 200, "grant-fails", f"{status} {text[:200]}")
        attempts = self.meet(*[operations.reveal(record, "national_id", "letter")] * 3)
        winner = self.one_wins(attempts, "used-twice")
        expect(person.national_id in winner.out, "wrong-value", "another value than that of the record came out")
        expect(len(self.entries("reveal", record)) == 1, "used-twice", f"{len(self.entries('reveal', record))} reveals in the log")
        self.verify()


class ReleaseRelease(Pair):
    name = "release-release"

    def round(self):
        person, target = self.person()
        status, text = self.servers[0].ask("officer", *operations.hold(target, person).request)
        expect(status == 200, "hold-fails", f"{status} {text[:200]}")
        self.one_wins(self.meet(*(operations.release(target, person, who=who) for who in ("officer", "officer2"))), "released-twice")
        self.verify()


class HoldHold(Pair):
    """Two grounds, two holds: whoever releases one leaves the other."""

    name = "hold-hold"

    def round(self):
        person, target = self.person()
        attempts = self.meet(*(operations.hold(target, person, who) for who in ("officer", "officer2")))
        expect(all(attempt.done for attempt in attempts), "hold-fails", f"{attempts[0]}; {attempts[1]}")
        numbers = [operations.hold_number(attempt) for attempt in attempts]
        expect(len(set(numbers)) == 2, "second-hold-lost", f"holds {numbers}")
        releasing, erasing = self.meet(operations.release(target, person, numbers[0]), operations.erase(target, person))
        person.is_erased = erasing.done
        expect(releasing.done and not erasing.done, "second-hold-lost", f"one of two holds is released: {releasing}; {erasing}")
        self.verify()


class RestrictRestrict(Pair):
    name = "restrict-restrict"

    def round(self):
        person, target = self.person()
        self.one_wins(self.meet(*(operations.restrict(target, person, who=who) for who in ("officer", "officer2", "officer"))), "restricted-twice")
        person.is_restricted = True
        self.verify()


class CloseClose(Pair):
    name = "close-close"

    def round(self):
        person, target = self.person()
        opened = self.servers[0].json("officer", *operations.open_case(target, person).request)
        outcomes = ["answered", "refused"]
        attempts = self.meet(*(operations.close_case(opened["number"], person, outcome) for outcome in outcomes))
        self.one_wins(attempts, "closed-twice")
        cases = self.servers[0].json("officer", "GET", f"/v1/cases?purpose={operations.PURPOSE}&closed=true")["cases"]
        status = next(case["status"] for case in cases if case["number"] == opened["number"])
        expect(status == outcomes[0 if attempts[0].done else 1], "case-lost", f"the case is {status}: {'; '.join(map(str, attempts))}")
        self.verify()


class ApproveReject(Pair):
    name = "approve-reject"

    def round(self):
        number = self.servers[0].json("analyst", *operations.propose("faster").request)["number"]
        approving, rejecting = self.meet(operations.step(number, "approve", "yes", "manager"), operations.step(number, "reject", "no", "manager2"))
        self.one_wins([approving, rejecting], "decided-twice")
        tasks = self.servers[0].json("manager", "GET", "/v1/tasks")["tasks"]
        task = next(task for task in tasks if task["number"] == number)
        expect(task["state"] == ("approved" if approving.done else "rejected") and len(task["events"]) == 2, "task-lost", f"{json.dumps(task)[:300]}")
        self.verify()


class CorrectCorrect(Pair):
    """Both are done, one after the other, and the value is that of the last."""

    name = "correct-correct"

    def begin(self):
        super().begin()
        self.next = 5000

    def round(self):
        person, target = self.person()
        self.next += 2
        values = [f"1997731{self.next}", f"1997731{self.next + 1}"]
        attempts = self.meet(*(operations.correct(target, person, "phone", value) for value in values))
        expect(all(attempt.done for attempt in attempts), "correct-fails", f"{attempts[0]}; {attempts[1]}")
        last = max(range(2), key=lambda number: attempts[number].receipt)
        found = [self.vault.find("phone", value) for value in (values[last], values[1 - last], person.phone)]
        expect(found == [[target], [], []], "half-corrected", f"found by the last, the first and the former value: {found}")
        person.phone = values[last]
        self.verify()
