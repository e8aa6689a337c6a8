"""The same records from several sides at once."""

import time

import operations
from ledger import text_of
from pair import Pair
from vault import expect


class IngestIngest(Pair):
    """The same feed three times: each record is stored once, each customer is one."""

    name = "ingest-ingest"

    def round(self):
        people = [self.ledger.person() for _ in range(4)] + self.random.sample(self.fresh, 2)
        records = self.ledger.feed(self.random.randint(6, 40), people, self.random)
        path = self.world.write("same.jsonl", text_of(records))
        attempts = self.meet(*[operations.ingest(records, path)] * 3)
        expect(all(attempt.done for attempt in attempts), "ingest-fails", "; ".join(map(str, attempts)))
        stored = sum(operations.counts(attempt)[0] for attempt in attempts)
        expect(stored == len(records), "stored-twice", f"{stored} stored of {len(records)}")
        for record in records:
            record.state = "in"
        self.verify()
        self.world.check_rows(self.servers[0].listing())


class Uploads(Pair):
    """Many who send a record each, of customers nobody knows, and one who reads: none waits for another's lock to run out."""

    name = "uploads"
    patience = 8

    def round(self):
        records = self.ledger.feed(4, None, self.random)
        page = {"purpose": operations.PURPOSE, "select": ["record", "text"], "limit": 20}
        reading = operations.Operation("query", "inspector", [], ("POST", "/v1/query", page))
        begin = time.monotonic()
        *attempts, read = self.meet(*(operations.ingest([record], "") for record in records), reading, mix=0)
        taken = time.monotonic() - begin
        expect(taken < self.patience, "stall", f"{len(records)} records at once take {taken:.1f} s: {'; '.join(map(str, attempts))}")
        self.plainly(attempts + [read], (503,))
        for record, attempt in zip(records, attempts):
            record.state = "in" if attempt.done else "out"
        self.verify()
        self.world.check_rows(self.servers[0].listing())


class SameKey(Pair):
    """An upload is sent again under its key before the first has been answered."""

    name = "same-key"

    def round(self):
        records = self.ledger.feed(self.random.randint(1, 30), None, self.random)
        key = f"key-{self.random.getrandbits(60)}"
        attempts = self.meet(*[operations.ingest(records, "", key=key)] * 2, mix=0)
        done = [operations.summary(attempt.out) for attempt in attempts if attempt.done]
        expect(done, "ingest-fails", "; ".join(map(str, attempts)))
        # Through one server the second gets the same answer or 409; through two it may be taken in as well, and finds duplicates.
        together = sum(said["stored"] for said in {said["receipt"]["entry"]: said for said in done}.values())
        expect(together == len(records), "stored-twice", f"{together} stored of {len(records)}: {done}")
        self.plainly(attempts, (409, 503))
        for record in records:
            record.state = "in"
        # A replay says the same receipt again.
        self.world.receipts = sorted(set(self.world.receipts))
        self.verify()
