"""A vault of an older format whose upgrade is killed: it is refused with what to do, or works; the next upgrade ends it."""

import glob
import os
import re
import shutil

import operations
from area import Area
from operations import Operation
from postgres import set_address
from vault import ROOT, expect


class Upgrade(Area):
    name, weight = "upgrade", 3
    begins_in_files = True

    def begin(self):
        self.goldens = sorted(glob.glob(os.path.join(ROOT, "Tests/Compatibility/format*")))
        self.rows = {}  # golden vault: how many records it shows

    def round(self):
        golden, vault = self.random.choice(self.goldens), self.vault
        real = {name: getattr(vault, name) for name in ("home", "keys", "policies", "tokens", "database")}
        folder = self.world.path("golden")
        shutil.copytree(golden, folder)
        os.chmod(os.path.join(folder, "keys"), 0o600)
        with open(os.path.join(folder, "expected")) as file:
            self.expected = dict(line.strip().split("=", 1) for line in file)
        vault.keys, vault.policies = os.path.join(folder, "keys"), os.path.join(folder, "policies")
        vault.tokens = {"admin": self.expected["admin"], "officer": self.expected["compliance"], "revoked": self.expected["revoked"]}
        options = []
        if self.world.cluster:
            vault.database, vault.home = self.world.cluster.database(), os.path.join(folder, "home-postgres")
            self.world.cluster.load(vault.database, os.path.join(folder, "postgres.sql"))
            os.makedirs(vault.home, 0o700, exist_ok=True)
            set_address(vault.database, vault.home)
            # Its last backup is as old as the golden vault.
            options = ["--owner", vault.database.owner, "--without-backup"]
        else:
            vault.home = os.path.join(folder, "home")
        self.world.work.append(vault.home)
        try:
            self.upgrade(Operation("upgrade", "admin", ["upgrade", *options]))
            self.look(golden, os.path.join(folder, "anchor"))
        finally:
            self.world.work.pop()
            if self.world.cluster:
                self.world.cluster.drop(vault.database)
            vault.__dict__.update(real)
            shutil.rmtree(folder)
        self.world.counts["checks"] += 1

    def upgrade(self, operation):
        for _ in range(self.random.randint(1, 3)):
            attempt = self.world.attempt(operation)
            expect(attempt.killed or attempt.done, "upgrade-fails", f"{attempt}")
            opened = self.vault.run("officer", "audit", "verify")
            refused = opened.status != 0 and "upgrade" in opened.err
            expect(opened.status == 0 or refused and not attempt.done, "upgrade-between", f"verify: {opened.status} {opened.err[:300]} after {attempt}")
        self.vault.must("admin", *operation.arguments, kind="upgrade-again-fails")

    def look(self, golden, anchor):
        """What the maker of the golden vault did still holds."""
        vault, expected = self.vault, self.expected
        vault.must("officer", "audit", "verify", "--checkpoint", anchor, kind="verify")
        rows = vault.rows("officer", "query", "--purpose", operations.PURPOSE, "--select", "record,customer_id", "--limit", "1000")
        wanted = self.rows.setdefault(golden, len(rows))
        expect(len(rows) == len({row["record"] for row in rows}) == wanted and any(row["customer_id"] for row in rows), "lost", f"{len(rows)} rows, {wanted} expected")
        expect(vault.find("phone", "13900139004") == [expected["corrected"]] and vault.find("customer_id", "G-ERASED") == [], "lost", "look-ups differ")
        erasing = vault.run("officer", "subject", "erase", expected["held"], "--purpose", operations.PURPOSE, "--reason", "look")
        expect(erasing.status == 3, "hold-lost", f"a customer on hold is erased: {erasing.status} {erasing.out} {erasing.err}")
        restricting = vault.run("officer", "subject", "restrict", expected["restricted"], "--purpose", operations.PURPOSE, "--reason", "again")
        expect(restricting.status != 0 and re.search("restricted already", restricting.err), "restriction-lost", f"{restricting.status} {restricting.err}")
        refused = vault.run("revoked", "query", "--purpose", "insight")
        expect(refused.status == 3 and "revoked" in refused.err, "revoked-works", f"a token that was revoked: {refused.status} {refused.err}")
