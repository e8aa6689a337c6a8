"""Classification, annotations and duplicates: what was begun is completed by the next run, and nothing is labelled twice."""

import collections

import operations
from area import Area
from operations import Operation
from vault import expect

FIELDS = ["topic", "sentiment", "urgency", "need"]


class Coding(Area):
    name = "coding"

    def begin(self):
        self.world.feed(100)
        self.complete()

    def labels(self):
        fields = "app_version,text," + ",".join(FIELDS) + ",originality"
        rows = self.vault.rows("inspector", "query", "--purpose", operations.PURPOSE, "--select", fields, "--limit", "1000000")
        return {row["app_version"]: row for row in rows}

    def round(self):
        self.world.feed(self.random.randint(20, 150))
        classify = Operation("classify", "coder", ["classify"])
        duplicates = Operation("classify.duplicates", "coder", ["classify", "duplicates"])
        operation = self.random.choice([classify, duplicates, self.annotation()])
        attempt = self.world.attempt(operation)
        expect(attempt.killed or attempt.done, "coding-fails", f"{operation.name}: {attempt}")
        self.world.check()
        if operation.name == "annotate":
            self.look(operation, attempt)
        self.complete()
        self.world.check()

    def annotation(self):
        """Labels that no classifier gives, for all of some records or for none."""
        page = self.world.served().json("coder", "POST", "/v1/query", {"purpose": "insight", "select": ["record"], "limit": 1000})
        chosen = self.random.sample([row[0] for row in page["rows"]], 30)
        label = f"label{self.random.getrandbits(40):x}"
        body = {"purpose": "insight", "annotations": [{"record": record, "module": "topic", "labels": {label: 1}} for record in chosen]}
        operation = Operation("annotate", "coder", [], ("POST", "/v1/annotations", body))
        operation.label = label
        return operation

    def look(self, operation, attempt):
        marked = sum(operation.label in str(row["topic"]) for row in self.labels().values())
        expect(marked == 30 if attempt.done else marked in (0, 30), "half-annotated", f"{marked} of 30 records have a label after {attempt}")

    def complete(self):
        """The next run does the rest: records that say the same have the same labels, and one of them is the original."""
        self.vault.must("coder", "classify")
        self.vault.must("coder", "classify", "duplicates")
        again = self.vault.must("coder", "classify").out
        expect(again.startswith("coded 0 records"), "coded-twice", f"a run after a complete one: {again.strip()}")
        groups, originals = collections.defaultdict(set), collections.Counter()
        for id, row in self.labels().items():
            opinion = self.ledger.records[id].opinion
            labels = tuple(str(row[field]) for field in FIELDS if "label" not in str(row[field]))
            if len(labels) == len(FIELDS):
                groups[opinion].add(labels)
            originals[opinion] += row["originality"] == "original"
        for opinion, labels in groups.items():
            expect(len(labels) == 1, "labels-differ", f"{opinion!r}: {sorted(labels)}")
            expect(originals[opinion] == 1, "originals", f"{opinion!r} has {originals[opinion]} originals")
