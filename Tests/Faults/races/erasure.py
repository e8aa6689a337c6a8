"""What may meet the erasure of a customer."""

import operations
from operations import Operation
from pair import Pair
from vault import expect


class EraseErase(Pair):
    """Three processes and two requests: one erases, the others find nobody."""

    name = "erase-erase"

    def round(self):
        person, target = self.person()
        attempts = self.meet(*(operations.erase(target, person, self.random.choice(["officer", "officer2"])) for _ in range(5)), mix=0.6)
        self.one_wins(attempts, "erased-twice", (1, 404, 409))
        person.is_erased = True
        entries = self.entries("subject.erase", target)
        expect(len(entries) == 1, "erased-twice", f"{len(entries)} entries say that a customer was erased")
        self.verify()


class EraseRetention(Pair):
    """A customer whose records are due is erased while retention runs."""

    name = "erase-retention"

    def round(self):
        people = [self.ledger.person() for _ in range(6)]
        old = self.world.feed(8, people, day="2019-05-04")
        person = self.random.choice(people)
        target = self.world.pseudonym(person)
        erasing, running = self.meet(operations.erase(target, person), operations.retain(self.random.choice([1, 3, 100])))
        expect(running.done, "retention-fails", f"{running}")
        self.plainly([erasing], (1, 404, 409))
        for record in old:
            record.state = "out"
        for one in people:
            one.is_erased = True
        expect(len(self.entries("subject.erase", target)) == erasing.done, "log-differs", f"entries of {erasing}")
        self.verify()
        expect(self.vault.find("customer_id", person.id) == [], "erased-back", "a customer who was erased is found")


class RetentionRetention(Pair):
    """Two runs that overlap, as from two machines' timers."""

    name = "retention-retention"

    def round(self):
        people = [self.ledger.person() for _ in range(10)]
        old = self.world.feed(14, people, day="2019-05-04") + self.world.feed(10, self.random.sample(self.fresh, 5), day="2024-08-09")
        attempts = self.meet(operations.retain(3), operations.retain(5))
        expect(all(attempt.done for attempt in attempts), "retention-fails", f"{attempts[0]}; {attempts[1]}")
        for record in old:
            if record.day < "2020":
                record.state = "out"
        for person in people:
            person.is_erased = True
        self.verify()


class EraseHold(Pair):
    """Held, or erased: never both."""

    name = "erase-hold"

    def round(self):
        person, target = self.person()
        erasing, holding = self.meet(operations.erase(target, person), operations.hold(target, person))
        self.plainly([erasing, holding])
        expect(erasing.done != holding.done, "held-and-erased", f"{erasing}; {holding}")
        person.is_erased = erasing.done
        found = self.vault.find("customer_id", person.id)
        expect((found == [target]) == holding.done, "held-and-erased", f"found: {found}; {erasing}; {holding}")
        self.verify()


class EraseCorrect(Pair):
    name = "erase-correct"

    def begin(self):
        super().begin()
        self.next = 5000

    def round(self):
        person, target = self.person()
        self.next += 1
        erasing, correcting = self.meet(operations.erase(target, person), operations.correct(target, person, "phone", f"1997731{self.next}"))
        expect(erasing.done, "erase-fails", f"{erasing}")
        self.plainly([correcting])
        person.is_erased = True
        for entry in self.entries("subject.correct", target):
            expect(entry["seq"] < erasing.receipt, "after-erasure", f"entry {entry['seq']} says that a customer was corrected who was erased by {erasing.receipt}")
        for value in (person.phone, f"1997731{self.next}"):
            expect(self.vault.find("phone", value) == [], "erased-back", f"a customer who was erased is found by a phone after {correcting}")
        self.verify()


class EraseIngest(Pair):
    """Something more comes in for a customer who is erased at that moment."""

    name = "erase-ingest"

    def round(self):
        person, target = self.person()
        record = self.ledger.record(person)
        erasing, taking = self.meet(operations.erase(target, person), operations.ingest([record], self.world.write(f"{record.id}.jsonl", record.line)))
        expect(erasing.done, "erase-fails", f"{erasing}")
        expect(taking.done, "ingest-fails", f"{taking}")
        rows = {row["app_version"]: row for row in self.servers[0].listing()}
        for old in self.ledger.of(person):
            if old is not record:
                old.state = "out"
                expect(old.id not in rows, "erased-back", f"record {old.id} of an erased customer is shown")
        # Whether it came before the erasure or after it, as the log has it: then it is a new customer's, or policy refuses it.
        record.state = "in" if record.id in rows else "out"
        if record.id in rows:
            expect(rows[record.id]["subject"] != target, "after-erasure", "a record belongs to a customer who was erased")
            self.world.subjects[person.number] = rows[record.id]["subject"]
        self.verify()


class EraseAnnotate(Pair):
    """A module labels records of a customer who is erased at that moment."""

    name = "erase-annotate"

    def round(self):
        person, target = self.person()
        ids = [record.id for record in self.ledger.of(person)]
        body = {"purpose": "insight", "select": ["record"], "where": f"app_version in ({', '.join(repr(id) for id in ids)})"}
        records = [row[0] for row in self.servers[0].json("inspector", "POST", "/v1/query", body)["rows"]]
        labels = {"purpose": "insight", "annotations": [{"record": record, "module": "topic", "labels": {"price": 1}} for record in records]}
        erasing, labelling = self.meet(operations.erase(target, person), Operation("annotate", "coder", [], ("POST", "/v1/annotations", labels)))
        expect(erasing.done, "erase-fails", f"{erasing}")
        self.plainly([labelling])
        person.is_erased = True
        # Records that are gone are left out: what comes after the erasure has labelled none.
        if labelling.done and labelling.receipt > erasing.receipt:
            expect('"records":0' in labelling.out, "after-erasure", f"labels of entry {labelling.receipt} for a customer erased by {erasing.receipt}")
        self.verify()


class EraseReseal(Pair):
    """A customer is erased while all records move to new keys."""

    name = "erase-reseal"

    def round(self):
        person, target = self.person()
        erasing, resealing = self.meet(
            operations.erase(target, person), Operation("keys.rotate", "admin", ["keys", "rotate", "--reseal", "--batch", str(self.random.choice([5, 40]))]))
        expect(erasing.done, "erase-fails", f"{erasing}")
        expect(resealing.done, "rotation-fails", f"{resealing}")
        person.is_erased = True
        self.verify()
        self.world.check_rows(self.servers[0].listing())
