"""A source that changes records: each is as it was or as it is said now, whole, and once."""

import os

import operations
from area import Area
from ledger import OPINIONS, text_of
from vault import expect

SOURCE = """
  feed: {format: json, on_change: version, id: id, occurred_at: occurred_at, channel: channel, text: text, fields: {%s}}
"""
FIELDS = [
    "customer.id", "customer.name", "customer.phone", "customer.email", "customer.national_id", "customer.wechat", "customer.address", "attributes.product",
    "attributes.region", "attributes.rating", "attributes.order_no", "attributes.app_version"]


class Changes(Area):
    name = "changes"

    def begin(self):
        path = os.path.join(self.vault.policies, "sources.yaml")
        with open(path) as file:
            text = file.read()
        expect("\nsources: {}" in text, "harness", "sources.yaml has sources of its own")
        with open(path, "w") as file:
            file.write(text.replace("\nsources: {}", "\nsources:" + SOURCE % ", ".join(f"{field}: {field}" for field in FIELDS)))
        self.people = [self.ledger.person() for _ in range(12)]
        self.world.feed(36, self.people)
        self.versions = 0

    def round(self):
        world = self.world
        records = self.random.sample([record for record in self.ledger.records.values() if record.state == "in"], 6)
        before = {record: record.opinion for record in records}
        self.versions += 1
        for record in records:
            record.opinion = f"{self.random.choice(OPINIONS)}{self.versions:04d} {record.id}"
        attempt = world.attempt(operations.ingest(records, world.write("changed.jsonl", text_of(records))))
        expect(attempt.killed or attempt.done, "change-fails", f"{attempt}")
        rows = {row["app_version"]: row for row in self.vault.listing()}
        changed = [record for record in records if record.opinion[-10:] in rows[record.id]["text"]]
        # They come in one transaction.
        expect(len(changed) == 6 if attempt.done else len(changed) in (0, 6), "change-halved", f"{len(changed)} of 6 records have changed after {attempt}")
        for record in records:
            if record not in changed:
                record.opinion = before[record]
        world.check()
