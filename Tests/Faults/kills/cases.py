"""Customers' requests: opened once, closed once, with their deadlines."""

import operations
from area import Area
from vault import expect


class Cases(Area):
    name = "cases"

    def begin(self):
        people = [self.ledger.person() for _ in range(10)]
        self.world.feed(20, people)
        self.cases = {}  # number: (customer, status)

    def listed(self):
        rows = self.vault.rows("officer", "case", "list", "--purpose", operations.PURPOSE, "--closed")
        return {row["id"]: row for row in rows}

    def round(self):
        opened = [number for number, (_, status) in self.cases.items() if status == "open"]
        if opened and self.random.random() < 0.5:
            self.close(self.random.choice(opened))
        else:
            self.open(self.random.choice(self.ledger.living()))
        self.world.check()
        rows = self.listed()
        for number, (person, status) in self.cases.items():
            row = rows.get(number)
            expect(row and row["status"] == status and row["subject"] == self.world.pseudonym(person), "case-lost", f"case {number} is {row}, not {status}")
        expect(set(rows) == set(self.cases), "unknown-case", f"cases {sorted(set(rows) - set(self.cases))} that nobody opened")

    def open(self, person):
        attempt = self.world.attempt(operations.open_case(self.world.pseudonym(person), person))
        expect(attempt.killed or attempt.done, "case-fails", f"{attempt}")
        new = set(self.listed()) - set(self.cases)
        expect(len(new) == 1 if attempt.done else len(new) <= 1, "case-lost", f"{len(new)} new cases after {attempt}")
        if attempt.done:
            expect(operations.case_number(attempt) in new, "case-lost", f"the case of {attempt} is not there")
        for number in new:
            self.cases[number] = (person, "open")

    def close(self, number):
        person, _ = self.cases[number]
        attempt = self.world.attempt(operations.close_case(number, person))
        expect(attempt.killed or attempt.done, "case-fails", f"{attempt}")
        status = self.listed()[number]["status"]
        expect(status == "answered" if attempt.done else status in ("answered", "open"), "case-lost", f"case {number} is {status} after {attempt}")
        self.cases[number] = (person, status)
