"""Chooses the moment at which a command or a server dies."""

import os
import signal
import threading
import time

MOMENTS = ("start", "work", "any")


class Watch:
    """Tells when something in some folders is first written to."""

    def __init__(self, folders):
        self.folders = [folder for folder in folders if folder]
        self.before = self.state()

    def state(self):
        seen = []
        for folder in self.folders:
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        # Opening a vault touches its shared memory, which says nothing.
                        if not entry.name.endswith("-shm"):
                            status = entry.stat(follow_symlinks=False)
                            seen.append((entry.name, status.st_size, status.st_mtime_ns))
            except OSError:
                continue
        return seen

    @property
    def has_changed(self):
        return self.state() != self.before


class Killer:
    """Learns how long each operation takes, and kills anywhere in that time; more often where it writes."""

    def __init__(self, random):
        self.random = random
        self.lives = {}  # name: (seconds until the first write, seconds in all)
        self.kills = self.survived = self.writing = 0

    def learn(self, name, first, whole):
        if name in self.lives:
            old = self.lives[name]
            first, whole = (old[0] * 3 + first) / 4, (old[1] * 3 + whole) / 4
        self.lives[name] = (min(first, whole), whole)

    def moment(self, name):
        """(whether to wait for a write first, seconds after that)."""
        first, whole = self.lives[name]
        kind = self.random.choices(MOMENTS, (1, 6, 3))[0]
        if kind == "start":
            return False, self.random.uniform(0, first)
        if kind == "work":
            return True, self.random.uniform(0, max(whole - first, 0.002) * 1.1)
        return False, self.random.uniform(0, whole * 1.1)

    def watch(self, name, folders, is_over, kill):
        """Kills what has just begun at a moment of its life, or, when it is the first of its name, lets it live and learns.

        Returns whether it was killed.
        """
        begin = time.monotonic()
        watch = Watch(folders)
        if name not in self.lives:
            first = None
            while not is_over():
                if first is None and watch.has_changed:
                    first = time.monotonic() - begin
                time.sleep(0.0005)
            whole = time.monotonic() - begin
            self.learn(name, first if first is not None else whole, whole)
            return False
        waits, delay = self.moment(name)
        limit = begin + self.lives[name][1] * 3
        while waits and not watch.has_changed and time.monotonic() < limit and not is_over():
            time.sleep(0.0003)
        until = time.monotonic() + delay
        while not is_over() and time.monotonic() < until:
            time.sleep(min(0.001, max(0, until - time.monotonic())))
        if is_over():
            self.survived += 1
            self.learn(name, self.lives[name][0], time.monotonic() - begin)
            return False
        self.writing += watch.has_changed
        kill()
        self.kills += 1
        return True


def kill_process(process):
    """SIGKILL; the caller waits for it."""
    try:
        process.send_signal(signal.SIGKILL)
    except ProcessLookupError:
        pass


class Asking(threading.Thread):
    """A request of its own thread, whose answer may never come."""

    def __init__(self, ask):
        super().__init__(daemon=True)
        self.ask, self.answer = ask, (0, "not answered")
        self.start()

    def run(self):
        self.answer = self.ask()

    @property
    def is_over(self):
        return not self.is_alive()
