"""Who is who: two customers are one person with all that follows, or two; and a record is one customer's."""

import operations
from area import Area
from vault import expect


class Links(Area):
    name = "links"

    def begin(self):
        people = [self.ledger.person() for _ in range(16)]
        self.world.feed(48, people)
        self.pairs = list(zip(people[::4], people[1::4]))
        self.swaps = list(zip(people[2::4], people[3::4]))
        self.own = {person: self.world.pseudonym(person) for person in people}
        self.joined, self.known = set(), set()

    def listed(self):
        return {row["link"]: row["state"] for row in self.vault.rows("officer", "subject", "links", "list", "--all", "--purpose", operations.PURPOSE)}

    def round(self):
        if self.random.random() < 0.7:
            self.join_or_split(*self.random.choice(self.pairs))
        else:
            self.move(*self.random.choice(self.swaps))
        self.world.check()

    def join_or_split(self, one, other):
        is_joined = (one, other) in self.joined
        kind = "split" if is_joined else "join"
        if not self.carried_out(operations.ask_link(kind, self.own[other] if is_joined else self.own[one], one, None if is_joined else self.own[other]), one):
            return
        (self.joined.discard if is_joined else self.joined.add)((one, other))
        found = [self.vault.find("customer_id", person.id) for person in (one, other)]
        if is_joined:
            expect(found == [[self.own[one]], [self.own[other]]], "split-differs", f"after a split, {found} are found, and were {self.own[one]} and {self.own[other]}")
        else:
            expect(found[0] == found[1] and found[0][0] in (self.own[one], self.own[other]), "join-differs", f"after a join, {found} are found")
        for person, (pseudonym,) in zip((one, other), found):
            self.world.subjects[person.number] = pseudonym

    def move(self, one, other):
        """A record goes to the other customer, or comes back."""
        giver, taker = self.random.sample([one, other], 2)
        records = [record for record in self.ledger.of(giver) if record.state == "in"]
        if len(records) < 2:
            return
        record = self.random.choice(records)
        rows = {row["app_version"]: row for row in self.vault.listing()}
        if self.carried_out(operations.ask_link("move", self.own[taker], taker, record=rows[record.id]["record"]), taker):
            record.person = taker

    def carried_out(self, asking, person):
        """Whether a step that is asked for, and agreed to by a second person, has taken place."""
        attempt = self.world.attempt(asking)
        expect(attempt.killed or attempt.done, "link-fails", f"{attempt}")
        new = set(self.listed()) - self.known
        expect(len(new) == 1 if attempt.done else len(new) <= 1, "link-lost", f"{len(new)} new proposals after {attempt}")
        self.known |= new
        if not new:
            return False
        number = new.pop()
        attempt = self.world.attempt(operations.decide_link(number, person))
        expect(attempt.killed or attempt.done, "link-fails", f"{attempt}")
        state = self.listed()[number]
        expect(state == "done" if attempt.done else state in ("done", "proposed"), "link-lost", f"proposal {number} is {state} after {attempt}")
        if state == "proposed":
            self.world.must(operations.decide_link(number, person, "reject"))
        return state == "done"
