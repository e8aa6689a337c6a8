"""Backups and what is restored from them, as the areas look at them."""

import os
import re
import shutil

from operations import Operation
from vault import expect


class Copies:
    """The backup folder and key folder of a world, with what each snapshot that was acknowledged must hold."""

    def __init__(self, world, keep=None):
        self.world, self.vault, self.keep = world, world.vault, keep
        self.folder, self.keys = world.path("backup"), world.path("backup-keys")
        self.taken = {}  # snapshot that was acknowledged: ids of the records that were shown then
        self.restored = 0
        world.work += [self.folder, self.folder + "/chunks", self.folder + "/snapshots", self.keys]

    @property
    def operation(self):
        options = ["--keep", str(self.keep)] if self.keep else []
        return Operation("backup", "admin", ["backup", self.folder, "--keystore", self.keys, *options], done=lambda result: snapshot(result.out) is not None)

    def names(self):
        path = os.path.join(self.folder, "snapshots")
        return sorted(name for name in os.listdir(path) if not name.startswith(".")) if os.path.isdir(path) else []

    def note(self, attempt):
        if attempt.done:
            self.taken[snapshot(attempt.out)] = self.world.ledger.visible()

    @property
    def last(self):
        """The newest that was acknowledged: the one with the longest log, which is the end of its name."""
        return max(self.taken, key=lambda name: int(name.rsplit("-", 1)[-1]))

    def expect_kept(self):
        """The newest is there, and as many as are to be kept; one that was killed after it was whole counts as well."""
        names = self.names()
        expect(self.last in names, "snapshot-gone", f"{self.last} succeeded; {names} are there")
        wanted = min(self.keep or len(self.taken), len(self.taken))
        expect(len(names) >= wanted, "snapshot-gone", f"{names} are there, {wanted} should be")

    def leftovers(self):
        """What a backup that was stopped has left in its folders."""
        return sorted(
            os.path.join(folder, name) for top in (self.folder, self.keys) for folder, folders, names in os.walk(top) for name in names + folders
            if name.startswith(".") and not name.endswith("lock"))

    def restore(self, name, keys=None, home=None):
        """(result, home) of restoring a snapshot with the newest copy of the keys, or another."""
        self.restored += 1
        home = home or self.world.path(f"restored-{self.restored}")
        return self.vault.run("admin", "restore", self.folder, "--keystore", keys or os.path.join(self.keys, "keystore.db"), "--snapshot", name, home=home), home

    def expect_restorable(self, name):
        """A snapshot can be restored, verifies, and holds what was there, but for who was erased since."""
        result, home = self.restore(name)
        whose = "succeeded" if name in self.taken else "was killed, and is there"
        expect(result.status == 0, "unrestorable", f"snapshot {name}, which {whose}: restore ends with {result.status}: {result.err.strip()[:300]}")
        self.vault.verify(home)
        rows = [row["app_version"] for row in self.vault.listing(home)]
        records = self.world.ledger.records
        # Who was restricted or freed since may be shown or not: restoring brings either back as policy has it.
        settled = {id for id in self.taken.get(name, ()) if not records[id].person.is_erased and not records[id].person.is_restricted}
        shown = {id for id in rows if not records[id].person.is_restricted}
        expect(len(rows) == len(set(rows)), "doubled", f"snapshot {name} has records twice")
        gone = {id for id in shown if records[id].person.is_erased}
        expect(not gone, "erased-restored", f"snapshot {name} brings {len(gone)} records of erased customers back")
        expect(shown == settled or name not in self.taken, "restored-differs", f"snapshot {name}: {len(settled - shown)} records are missing, {len(shown - settled)} are more")
        self.world.counts["restores"] += 1
        shutil.rmtree(home)


def snapshot(text):
    found = re.search(r"^snapshot (\S+):", text, re.M)
    return found[1] if found else None
