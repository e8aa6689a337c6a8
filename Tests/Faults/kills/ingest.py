"""Ingest from a file and over HTTP: what is acknowledged is there, once, and the same feed again stores exactly the rest."""

import operations
from area import Area
from ledger import text_of
from vault import expect


class Ingest(Area):
    name, weight = "ingest", 4

    # Records of most feeds, and of one in so many: more than a transaction takes in.
    usual, large, one_in = (20, 400), 8500, 25

    def begin(self):
        self.world.feed(50)

    def feed(self):
        is_large = self.random.randrange(self.one_in) == 0
        count = self.large if is_large else self.random.randint(*self.usual)
        living = self.ledger.living()
        return [
            self.ledger.record(self.random.choice(living) if self.random.random() < 0.3 else self.ledger.person()) for _ in range(count)]

    def present(self, records):
        return sum(record.state == "in" for record in records)

    def take(self, operation, records, attempt):
        """Books an attempt to store records that may be there already, and checks it."""
        before = self.present(records)
        if attempt.done:
            said = operations.counts(attempt)
            expect(said is None or said == (len(records) - before, before), "ingest-miscounts",
                   f"{len(records)} records, {before} of them there: {attempt}")
        elif not attempt.killed:
            expect(False, "ingest-fails", f"{operation.name}: {attempt}")
        for record in records:
            if attempt.done:
                record.state = "in"
            elif record.state == "out":
                record.state = "unsure"
        self.world.check()

    def round(self):
        records = self.feed()
        operation = operations.ingest(records, self.world.write("feed.jsonl", text_of(records)))
        for _ in range(self.random.randint(1, 2)):
            self.take(operation, records, self.world.attempt(operation, self.way()))
        self.take(operation, records, self.world.act(operation, self.last_way()))
        again = self.world.must(operation)
        expect(operations.counts(again) == (0, len(records)), "stored-twice", f"a feed that is there: {again}")

    def way(self):
        return self.random.choice([way for way in self.world.ways(operations.ingest([], "")) if way != "server"])

    def last_way(self):
        return "command"

    def settle(self):
        return [self.keys_belong_to_customers] + super().settle()

    def keys_belong_to_customers(self):
        """Keys that were made for customers who never came are gone when `doctor` has looked."""
        self.vault.run("admin", "doctor")
        rows = self.vault.rows("admin", "keys", "status")
        keys, living = sum(row["subject_keys"] for row in rows), len(self.ledger.living())
        expect(keys == living, "orphan-keys", f"{keys} customers' keys for {living} customers")


class Upload(Ingest):
    name, weight = "upload", 4

    def round(self):
        records = self.feed()
        key = f"feed-{self.random.getrandbits(60)}" if self.random.random() < 0.5 else None
        operation = operations.ingest(records, self.world.write("feed.jsonl", text_of(records)), key=key)
        attempt = self.world.attempt(operation, "server")
        self.take(operation, records, attempt)
        again = self.world.act(operation, "server")
        if key and attempt.done:
            # Under its key an upload is answered once and for all.
            expect(operations.summary(again.out) == operations.summary(attempt.out), "replay-differs", f"{attempt.out[-300:]} {again.out[-300:]}")
            self.world.receipts.remove(again.receipt)
        elif key and again.done and operations.counts(again) == (len(records), 0):
            # The kill fell between storing and answering, and the answer was kept; or nothing had been stored.
            for record in records:
                record.state = "in"
            self.world.check()
        else:
            self.take(operation, records, again)
        last = self.world.must(operations.ingest(records, operation.arguments[1]))
        expect(operations.counts(last) == (0, len(records)), "stored-twice", f"a feed that is there: {last}")
