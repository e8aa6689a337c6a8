"""Backups that are killed or stopped: the next one succeeds and sweeps up, and each that succeeded can be restored."""

import os
import signal

import operations
from area import Area
from copies import Copies
from vault import expect
from world import Attempt


class Backup(Area):
    name, weight, rounds = "backup", 5, 12

    def begin(self):
        people = [self.ledger.person() for _ in range(40)]
        self.world.feed(150, people)
        self.copies = Copies(self.world, keep=self.random.choice([None, 2, 3]))
        self.copies.note(self.world.must(self.copies.operation))

    def round(self):
        world, copies = self.world, self.copies
        self.change()
        if self.random.random() < 0.25:
            attempt = self.stopped()
        else:
            attempt = world.attempt(copies.operation)
        expect(attempt.killed or attempt.done, "backup-fails", f"{attempt}")
        copies.note(attempt)
        world.check()
        self.erase()
        if self.random.random() < 0.5:
            copies.note(world.must(copies.operation))
            self.look()
        world.look_for_canaries(self.vault.files())

    def change(self):
        self.world.feed(self.random.randint(1, 40), self.ledger.living() if self.random.random() < 0.5 else None)

    def erase(self):
        person = self.random.choice(self.ledger.living())
        self.world.must(operations.erase(self.world.pseudonym(person), person))
        person.is_erased = True

    def stopped(self):
        """As an operator or a supervisor stops it."""
        world = self.world
        before = set(self.copies.leftovers())
        process = self.vault.start("admin", *self.copies.operation.arguments)
        sign = self.random.choice([signal.SIGTERM, signal.SIGINT])
        killed = world.killer.watch("backup stopped", world.work, lambda: process.poll() is not None, lambda: process.send_signal(sign))
        result = self.vault.finish(process)
        attempt = Attempt("stopped", self.copies.operation.done(result), killed, result)
        if killed and not attempt.done:
            # One that is stopped before it has begun sweeps up after nobody.
            left = [file for file in self.copies.leftovers() if file not in before]
            world.note_unless(left == [], "stopped-leftover", f"{signal.Signals(sign).name} leaves {left}; it ended with {result.status}: {result.err.strip()[-200:]}")
        return attempt

    def look(self):
        """After one that succeeded."""
        left = self.copies.leftovers()
        self.world.note_unless(left == [], "backup-leftover", f"what a killed backup left is still there after one that succeeded: {left}")
        self.copies.expect_kept()

    def settle(self):
        return [self.samples_can_be_restored, self.nobody_erased_comes_back, *super().settle()]

    def samples_can_be_restored(self):
        copies = self.copies
        # The copy of the keys that knows every erasure.
        copies.note(self.world.must(copies.operation))
        copies.expect_kept()
        names = copies.names()
        for name in sorted({names[-1], self.random.choice(names)}):
            copies.expect_restorable(name)

    def nobody_erased_comes_back(self):
        """No file in the keys' folder, whatever left it there, opens a customer who was erased."""
        copies = self.copies
        person = self.random.choice(self.ledger.living())
        for file in copies.leftovers():
            if file.startswith(copies.keys) and not file.endswith("-journal") and os.path.getsize(file) > 0:
                name = copies.names()[0]
                result, home = copies.restore(name, keys=file)
                if result.status == 0:
                    back = {row["app_version"] for row in self.vault.listing(home)}
                    erased = [id for id in back if self.ledger.records[id].person.is_erased]
                    expect(not erased, "erased-back-by-leftover", f"{os.path.basename(file)} and snapshot {name} bring {len(erased)} erased records back")
