"""Replacing keys: whatever moment it stops at, everything opens and everybody is found; the next run does the rest."""

import os
import re

import operations
from area import Area
from operations import Operation
from vault import expect


class Rotation(Area):
    """A rotation that is killed and called again."""

    rounds = 10
    options = ()
    others = ("command",)

    def begin(self):
        people = [self.ledger.person() for _ in range(60)]
        self.world.feed(150, people)
        self.world.must(operations.erase(self.world.pseudonym(people[0]), people[0]))
        people[0].is_erased = True
        self.prepare()

    def prepare(self):
        pass

    def round(self):
        rotate = Operation("keys.rotate " + self.options[0], "admin", ["keys", "rotate", *self.options])
        attempt = self.world.attempt(rotate)
        expect(attempt.killed or attempt.done, "rotation-fails", f"{attempt}")
        self.look()
        # Work goes on between.
        self.world.feed(3)
        person = self.random.choice(self.ledger.living())
        self.world.must(operations.erase(self.world.pseudonym(person), person))
        person.is_erased = True
        if self.random.random() < 0.5:
            self.vault.must("admin", "keys", "rotate", *self.completing())
            self.look()
            self.completed()

    def completing(self):
        return self.options

    def look(self):
        self.world.close()
        self.world.check()
        for person in self.random.sample(self.ledger.living(), 3) + self.random.sample([p for p in self.ledger.people if p.is_erased], 1):
            found = self.vault.find("customer_id", person.id) + self.vault.find("phone", person.phone)
            wanted = [] if person.is_erased else [self.world.pseudonym(person)] * 2
            expect(found == wanted, "not-found", f"{found} instead of {wanted}")

    def completed(self):
        pass

    def versions(self):
        return self.vault.rows("admin", "keys", "status", "--versions")


class NewRoot(Rotation):
    name, options = "new-root", ("--new-root", "--batch", "9")

    def completing(self):
        return ("--batch", "9")

    def look(self):
        with open(self.vault.keys) as file:
            text = file.read()
        active = re.findall(r"^active (\S+)$", text, re.M)
        roots = re.findall(r"^root (\S+) ", text, re.M)
        expect(len(active) == 1 and active[0] in roots and len(set(roots)) == len(roots), "key-file", f"active {active}, roots {roots}")
        expect(os.stat(self.vault.keys).st_mode & 0o77 == 0, "key-file", "others can read the key file")
        super().look()

    def completed(self):
        rows = self.vault.rows("admin", "keys", "status")
        expect(len(rows) == 1 and rows[0]["active"], "rotation-incomplete", f"{rows}")
        left = self.vault.leftovers()
        expect(left == [], "key-file-leftover", f"copies of root keys: {left}")


class Reseal(Rotation):
    name, options = "reseal", ("--reseal", "--batch", "9")

    def completed(self):
        # Former keys stay for older backups until one is taken; with none, they go.
        state = {row["state"] for row in self.versions() if row["use"] == "customer" and row["keys"]}
        expect("coming" not in state, "rotation-incomplete", f"{self.versions()}")


class Indexes(Rotation):
    name, options = "indexes", ("--indexes", "--batch", "9")

    def completed(self):
        rows = [row for row in self.versions() if row["use"] == "index"]
        expect(all(row["state"] == "current" for row in rows), "rotation-incomplete", f"{rows}")


class Pseudonyms(Rotation):
    name, options, weight = "pseudonyms", ("--pseudonyms", "insight"), 1

    def names(self):
        rows = self.vault.rows("coder", "query", "--purpose", "insight", "--select", "record,text", "--limit", "1000")
        return {row["record"] for row in rows}

    def prepare(self):
        self.before = self.names()

    def look(self):
        super().look()
        names = self.names()
        kept = len(names & self.before)
        # All names change at once; a few records have gone since, and a few come in.
        expect(kept == 0 or kept >= len(self.before) - 60, "half-renamed", f"{kept} of {len(self.before)} pseudonyms are as they were")
        self.before = names


class State(Rotation):
    name, options = "state-key", ("--state",)

    def completed(self):
        # Every row and record is vouched for under the new key, and no process takes that for tampering.
        self.vault.must("officer", "audit", "verify", "--deep", kind="verify")
        alerts = [row for row in self.vault.entries("alert") if row["rule"] == "integrity"]
        expect(not alerts, "false-alarm", f"{alerts[:2]}")


class AuditKey(Rotation):
    name, options, weight = "audit-key", ("--audit",), 2

    def prepare(self):
        self.anchors = []
        self.anchor()

    def anchor(self):
        path = self.world.path(f"anchor{len(self.anchors)}.txt")
        self.vault.must("officer", "audit", "anchor", "--file", path)
        self.anchors.append(path)

    def look(self):
        super().look()
        for path in self.anchors[-4:]:
            self.vault.must("officer", "audit", "verify", "--checkpoint", path, kind="anchor-refused")
        self.anchor()

    def completed(self):
        rows = [row for row in self.versions() if row["use"] == "audit-signing"]
        expect(len(rows) == 1, "rotation-incomplete", f"{rows}")
