"""Backups that overlap, with each other and with what changes the vault."""

import os
import signal
import time

import operations
from copies import Copies
from pair import Pair
from vault import expect
from world import Attempt


class BackupBackup(Pair):
    """Two backups into one folder, as by timers that overlap; each is halted for a moment somewhere."""

    name = "backup-backup"
    rounds = 20

    def begin(self):
        super().begin()
        self.copies = Copies(self.world, keep=self.random.choice([None, 1, 2]))
        self.copies.note(self.world.must(self.copies.operation))

    def round(self):
        world, copies = self.world, self.copies
        world.feed(self.random.randint(1, 20))
        processes = [self.vault.start("admin", *copies.operation.arguments) for _ in range(2)]
        self.halt(processes)
        attempts = []
        for process in processes:
            result = self.vault.finish(process)
            attempts.append(Attempt("command", copies.operation.done(result), False, result))
        world.counts["interleavings"] += 1
        world.counts["outcome " + "/".join("yes" if attempt.done else "no" for attempt in attempts)] += 1
        self.plainly(attempts, (1,))
        expect(any(attempt.done for attempt in attempts), "backup-fails", "; ".join(map(str, attempts)))
        for attempt in attempts:
            copies.note(attempt)
        copies.expect_kept()
        copies.expect_restorable(copies.last)
        self.verify()

    def halt(self, processes):
        """Takes one after the other off the processor for a while, somewhere in its life."""
        for process in self.random.sample(processes, 2):
            time.sleep(self.random.uniform(0, 0.12))
            if process.poll() is None:
                process.send_signal(signal.SIGSTOP)
                time.sleep(self.random.uniform(0, 0.25))
                process.send_signal(signal.SIGCONT)

    def settle(self):
        return [self.all_can_be_restored, *super().settle()]

    def all_can_be_restored(self):
        for name in self.copies.names():
            self.copies.expect_restorable(name)


class BackupErase(Pair):
    """A customer is erased while a backup is taken: what is restored from it does not have them."""

    name = "backup-erase"
    rounds = 20

    def begin(self):
        super().begin()
        self.copies = Copies(self.world)

    def round(self):
        person, target = self.person()
        taking, erasing = self.meet(self.copies.operation, operations.erase(target, person))
        expect(erasing.done, "erase-fails", f"{erasing}")
        expect(taking.done, "backup-fails", f"{taking}")
        person.is_erased = True
        self.copies.note(taking)
        self.verify()
        # With the vault's own keys, in which the erasure is.
        keys = os.path.join(self.vault.home, "keystore.db")
        if os.path.exists(keys):
            name = self.copies.last
            result, home = self.copies.restore(name, keys)
            expect(result.status == 0, "unrestorable", f"snapshot {name}: {result.err[:300]}")
            self.vault.verify(home)
            expect(self.vault.find("customer_id", person.id, home) == [], "erased-restored", "an erased customer is in the restored vault")
            self.world.check_rows(self.vault.listing(home), "restored: ")
        # A later backup replaces the copy of the keys.
        self.copies.note(self.world.must(self.copies.operation))
        self.copies.expect_restorable(self.copies.last)
