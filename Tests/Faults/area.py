"""What all areas have in common: worlds one after the other, rounds in each, and what was seen."""

import os
import random
import shutil
import time
import traceback
from collections import Counter

from killing import Killer
from vault import Fault
from world import World, discard_templates

# Worlds with faults that are kept for a look, of each area.
KEPT = 2


class Area:
    """Kills of one kind of operation. A subclass says how its world begins, what a round does, and what holds at the end."""

    name = ""
    stores = ("files", "postgres")
    # Share of all kills.
    weight = 2
    # Rounds in one vault: faults add up, but a look at a vault grows with what is in it.
    rounds = 20
    # Changes roles.yaml.
    edit = None
    # Whether the vault is made in files even beside a database.
    begins_in_files = False
    # What is counted: kills, or interleavings.
    counts_kills = True
    # Whether there is nothing more to do in this world.
    is_over = False

    def __init__(self, world):
        self.world, self.vault, self.ledger, self.random = world, world.vault, world.ledger, world.random

    def begin(self):
        """Fills the vault."""

    def round(self):
        """Tries something, kills it, and checks what it has become."""

    def settle(self):
        """Checks at the end, each by itself."""
        return self.world.settle()


class Run:
    """Runs an area until it has killed often enough."""

    def __init__(self, area, store, amount, seed, folder, deadline, progress):
        self.area, self.store, self.amount, self.folder, self.deadline, self.progress = area, store, amount, folder, deadline, progress
        self.random = random.Random(f"{seed}/{area.name}/{store}")
        self.killer = Killer(self.random)
        self.counts, self.faults, self.kept = Counter(), [], 0

    @property
    def done(self):
        return self.killer.kills if self.area.counts_kills else self.counts["interleavings"]

    def go(self, cluster):
        begin = time.monotonic()
        worlds = 0
        # An area whose operations mostly end before they are killed has had its chance after so many rounds.
        while self.done < self.amount and self.counts["rounds"] < 4 * self.amount + 20 and time.monotonic() < self.deadline:
            worlds += 1
            self.one_world(os.path.join(self.folder, f"{self.area.name}-{self.store}-{worlds}"), cluster)
        discard_templates()
        self.counts["worlds"] = worlds
        return {
            "area": self.area.name, "store": self.store, "wanted": self.amount, "done": self.done, "counts": dict(self.counts),
            "survived": self.killer.survived, "writing": self.killer.writing, "faults": self.faults, "seconds": time.monotonic() - begin,
            "cut_short": self.done < self.amount and time.monotonic() >= self.deadline}

    def one_world(self, folder, cluster):
        world = area = None
        before = len(self.faults)
        try:
            world = World(folder, self.random, self.killer, self.counts, cluster, self.area, lambda fault: self.fault(fault, folder))
            area = self.area(world)
            area.begin()
            for _ in range(self.area.rounds):
                self.counts["rounds"] += 1
                area.round()
                if area.is_over or self.done >= self.amount or time.monotonic() > self.deadline:
                    break
        except Exception as error:
            self.fault(error, folder)
        else:
            for step in area.settle():
                try:
                    step()
                except Exception as error:
                    self.fault(error, folder, step.__name__)
        if world is None:
            return
        if len(self.faults) > before and self.kept < KEPT:
            self.kept += 1
            world.close()
        else:
            world.discard()
        self.progress(self)

    def fault(self, error, folder, step=""):
        known = isinstance(error, Fault)
        where = "" if known else traceback.format_exc(limit=-3)
        self.faults.append({
            "kind": error.kind if known else "harness", "message": f"{error}" if known else f"{type(error).__name__}: {error}\n{where}",
            "step": step, "round": self.counts["rounds"], "folder": folder if self.kept < KEPT else None})


def clear(folder):
    """Takes a folder of runs away when nothing in it was kept."""
    try:
        os.rmdir(folder)
    except OSError:
        pass


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
