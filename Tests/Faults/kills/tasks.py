"""Improvements: each step is taken once or not at all."""

import re

import operations
from area import Area
from vault import expect

# What follows on what, and who does it.
STEPS = {"proposed": ("approve", "approved", "manager"), "approved": ("start", "in-progress", "chen"), "in-progress": ("finish", "done", "chen"),
         "done": ("accept", "accepted", "manager2")}


class Tasks(Area):
    name = "tasks"

    def begin(self):
        people = [self.ledger.person() for _ in range(10)]
        self.world.feed(20, people)
        self.tasks, self.proposed = {}, 0  # number: state

    def listed(self):
        return {row["id"]: row for row in self.vault.rows("manager", "task", "list")}

    def round(self):
        unfinished = [number for number, state in self.tasks.items() if state in STEPS]
        if unfinished and self.random.random() < 0.75:
            self.step(self.random.choice(unfinished))
        else:
            self.propose()
        self.world.check()
        states = {number: row["state"] for number, row in self.listed().items()}
        expect(states == self.tasks, "task-lost", f"tasks are {states}, not {self.tasks}")

    def propose(self):
        self.proposed += 1
        person = self.random.choice(self.ledger.people)
        title = f"improvement {self.proposed} for {person.name}, {person.phone}"
        attempt = self.world.attempt(operations.propose(title))
        expect(attempt.killed or attempt.done, "task-fails", f"{attempt}")
        new = set(self.listed()) - set(self.tasks)
        expect(len(new) == 1 if attempt.done else len(new) <= 1, "task-lost", f"{len(new)} new tasks after {attempt}")
        if attempt.done:
            number = re.search(r'task (\d+)|"number":(\d+)', attempt.out)
            expect(int(number[1] or number[2]) in new, "task-lost", f"the task of {attempt} is not there")
        for number in new:
            self.tasks[number] = "proposed"

    def step(self, number):
        name, state, who = STEPS[self.tasks[number]]
        person = self.random.choice(self.ledger.people)
        attempt = self.world.attempt(operations.step(number, name, "because of " + person.reason, who))
        expect(attempt.killed or attempt.done, "task-fails", f"{name}: {attempt}")
        found = self.listed()[number]["state"]
        expect(found == state if attempt.done else found in (state, self.tasks[number]), "task-lost", f"task {number} is {found} after {attempt}")
        self.tasks[number] = found
