"""Publishing the log: its files and the checkpoints kept outside are whole, and agree with the log."""

import glob
import os

from area import Area
from operations import Operation
from vault import expect


class Anchor(Area):
    name, weight = "anchor", 2

    def begin(self):
        self.world.feed(20)
        os.makedirs(self.world.path("worm"))
        self.world.work.append(os.path.join(self.vault.home, "audit"))
        self.kept = 0

    def round(self):
        for _ in range(self.random.randint(1, 3)):
            self.world.feed(2)
        attempt = self.world.attempt(Operation("audit.anchor", "officer", ["audit", "anchor", "--file", self.world.path("worm")]))
        expect(attempt.killed or attempt.done, "anchor-fails", f"{attempt}")
        self.world.check()
        kept = sorted(glob.glob(self.world.path("worm/checkpoint-*.txt")), key=os.path.getmtime)
        if attempt.done:
            expect(len(kept) == self.kept + 1, "anchor-lost", f"{len(kept)} checkpoints instead of {self.kept + 1}")
        self.kept = len(kept)
        for path in kept[-3:]:
            self.vault.must("officer", "audit", "verify", "--checkpoint", path, kind="anchor-refused")
