"""What a principal may do so often: at the same moment no oftener."""

from datetime import datetime, timedelta, timezone
from operations import Operation
from pair import Pair
from vault import expect


class Budget(Pair):
    """A new principal each round, who asks several times at once."""

    role = ""
    guests = 0

    def guest(self):
        self.guests += 1
        return self.servers[0].json("admin", "POST", "/v1/tokens", {"principal": f"guest{self.guests}", "role": self.role})["token"]

    def figure(self, token, **parts):
        return Operation("query", token, [], ("POST", "/v1/aggregate", {"purpose": "insight", **parts}))


def once(text):
    """A privacy budget for one question."""
    changed = text.replace("budget: 20, period: 30", "budget: 1, period: 30")
    expect(changed != text, "harness", "roles.yaml has no budget to change")
    return changed


class PrivacyBudget(Budget):
    """A budget for one question; three are asked at once."""

    name, role, edit = "budget", "partner", staticmethod(once)

    def round(self):
        token = self.guest()
        attempts = self.meet(*(self.figure(token, measures=["count"], group_by=[by]) for by in self.random.sample(["product", "region", "channel"], 3)))
        answered = sum(attempt.done for attempt in attempts)
        expect(answered == 1, "budget-overspent" if answered > 1 else "budget-refused", f"{answered} questions answered: {'; '.join(str(a)[:120] for a in attempts)}")
        self.plainly(attempts)
        self.verify()


class NearQueries(Budget):
    """Two figures whose difference is one customer: one of them is refused, whoever comes first."""

    name, role = "near-queries", "reporting"

    def begin(self):
        super().begin()
        people = [self.ledger.person() for _ in range(30)]
        (self.lone,) = self.world.feed(1, people[:1], day="2026-11-21")
        self.world.feed(30, people, day="2026-11-22")
        # One at a time the second is refused; otherwise the pair would show nothing.
        token, (first, second) = self.guest(), self.near()
        answers = [self.servers[0].ask(token, *self.figure(token, **parts).request)[0] for parts in (first, second)]
        expect(answers == [200, 403], "harness", f"one after the other they are answered {answers}")

    def near(self):
        """The same figure with the only record of a day, and without it."""
        day = datetime.fromisoformat(self.lone.time).astimezone(timezone.utc).date()
        return [{"measures": ["count"], "since": "2026-01-01T00:00:00Z", "until": f"{end}T00:00:00Z"} for end in (day, day + timedelta(days=1))]

    def round(self):
        token = self.guest()
        attempts = self.meet(*(self.figure(token, **parts) for parts in self.near()))
        answered = sum(attempt.done for attempt in attempts)
        expect(answered < 2, "differencing", f"both were answered: {'; '.join(str(a)[:160] for a in attempts)}")
        self.plainly(attempts)
        self.verify()


def counted(text):
    """A role that may look up once a day."""
    return text + """
  counted:
    description: May look up once.
    grants:
      - {name: once, purposes: [subject-request], actions: [lookup], fields: {customer_id: mask, subject: pseudonym}, quotas: {lookup: 1}}
"""


class Quota(Budget):
    name, role, edit = "quota", "counted", staticmethod(counted)

    def round(self):
        token = self.guest()
        person = self.random.choice(self.ledger.people)
        body = {"field": "customer_id", "value": person.id, "purpose": "subject-request"}
        command = ["lookup", "--field", "customer_id", "--value", "-", "--purpose", "subject-request"]
        attempts = self.meet(*[Operation("lookup", token, command, ("POST", "/v1/lookup", body), input=person.id + "\n")] * 3)
        self.one_wins(attempts, "quota-overspent")
        self.verify()
