"""What a principal may do so often: at the same moment no oftener."""

from datetime import date, timedelta
from operations import Operation
from pair import Pair
from vault import expect


class Budget(Pair):
    """A new principal of an organisation of their own each round, who asks several times at once."""

    role = ""
    guests = 0

    def guest(self):
        self.guests += 1
        return self.servers[0].json("admin", "POST", "/v1/tokens", {"principal": f"guest@house{self.guests}", "role": self.role})["token"]

    def figure(self, token, **parts):
        return Operation("query", token, [], ("POST", "/v1/aggregate", {"purpose": "insight", **parts}))


def once(text):
    """A privacy budget for one question."""
    changed = text.replace("budget: 2, period: 30", "budget: 1, period: 30")
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


def scarce(text):
    """A day of data whose budget covers one table of one figure, with its numbers of customers."""
    changed = text.replace("budget: 170", "budget: 2")
    expect(changed != text, "harness", "roles.yaml has no budget of days to change")
    return changed


class DayBudget(Budget):
    """A day's budget for one question; three principals ask another one each at once."""

    name, role, edit = "day-budget", "reporting", staticmethod(scarce)
    day = date(2023, 1, 1)

    def round(self):
        self.day += timedelta(days=1)
        window = {"since": f"{self.day}T00:00:00Z", "until": f"{self.day + timedelta(days=1)}T00:00:00Z"}
        attempts = self.meet(*(self.figure(self.guest(), measures=["count"], group_by=[by], **window) for by in ("product", "region", "channel")))
        answered = sum(attempt.done for attempt in attempts)
        expect(answered == 1, "day-overspent" if answered > 1 else "day-refused", f"{answered} questions answered: {'; '.join(str(a)[:160] for a in attempts)}")
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
