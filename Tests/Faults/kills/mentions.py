"""Customers whom texts of others mention: what somebody decided stays, and goes from the texts with the erasure, or not at all."""

import operations
from area import Area
from ledger import OPINIONS
from vault import expect


class Mentions(Area):
    name = "mentions"

    def begin(self):
        self.more()

    def more(self):
        """Pairs: the second one's record speaks of the first, too."""
        people = [self.ledger.person() for _ in range(16)]
        # Whose name others have, they may mention, too.
        for person in people:
            person.name = "Zqcanary " + "".join(chr(97 + int(digit)) for digit in f"{person.number:04d}").capitalize()
        self.world.feed(16, people)
        records = [self.ledger.record(friend) for friend in people[1::2]]
        for person, record in zip(people[::2], records):
            record.opinion = f"朋友{person.name},电话{person.phone},说的:{self.random.choice(OPINIONS)}"
        self.world.store(records)
        self.pairs = list(zip(people[::2], records))

    def round(self):
        if not self.pairs:
            self.more()
        person, record = self.pairs.pop()
        target, number = self.world.pseudonym(person), self.world.check_rows()[record.id]["record"]
        decision = self.random.choice(["theirs", "theirs", "another"])
        attempt = self.world.attempt(operations.decide_mention(target, number, decision, person))
        expect(attempt.killed or attempt.done, "mention-fails", f"{attempt}")
        found = self.listed(target)
        expect(list(found) == [number], "mention-lost", f"{found} are found, not {number}")
        decided = found[number]
        expect(decided == decision if attempt.done else decided in (decision, None), "mention-lost", f"decided is {decided} after {attempt}")
        if decided is None:
            self.world.must(operations.decide_mention(target, number, decision, person))
        self.world.check()
        self.erase(person, target, record, number, decision == "theirs")

    def listed(self, target):
        rows = self.vault.rows("officer", "subject", "mentions", "list", target, "--all", "--purpose", operations.PURPOSE)
        return {row["record"]: row["decision"] for row in rows}

    def erase(self, person, target, record, number, is_theirs):
        attempt = self.world.attempt(operations.erase(target, person))
        expect(attempt.killed or attempt.done, "erase-fails", f"{attempt}")
        person.is_erased = self.world.happened(attempt, "subject.erase", target)
        text = self.world.must(operations.reveal(number, "text", "case")).out
        is_gone = person.name not in text and person.phone not in text
        expect(is_gone == (person.is_erased and is_theirs), "mention-differs", f"erased {person.is_erased}, theirs {is_theirs}; the text has the person: {not is_gone}")
        expect(record.person.name in text, "mention-differs", "the text's own customer has gone from it")
        self.world.check()
