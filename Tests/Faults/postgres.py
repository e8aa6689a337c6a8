"""The PostgreSQL server that `.ci/with-postgres` started for this process, and what can happen to one."""

import os
import shlex
import signal
import subprocess
import time

from vault import Fault

FOLDER = os.environ.get("VOCVAULT_TEST_POSTGRES")


class Database:
    def __init__(self, name):
        self.name = name
        self.vault, self.owner = (f"host={FOLDER} dbname={name} user={role}" for role in ("vocvault", "voc_owner"))


def set_address(database, home):
    """Tells a home where its data are, as `vocvault init --store` does for a vault of today's format."""
    with open(os.path.join(home, "postgres"), "w") as file:
        file.write(database.vault + "\n")
    os.chmod(os.path.join(home, "postgres"), 0o600)


class Cluster:
    def __init__(self):
        self.made = 0
        self.server = None  # one that we have started ourselves

    def sql(self, text, database="postgres"):
        done = subprocess.run(
            ["psql", "-h", FOLDER, "-U", "voc_owner", "-d", database, "-AtX", "-v", "ON_ERROR_STOP=1", "-c", text], capture_output=True, text=True)
        if done.returncode != 0:
            raise Fault("harness", f"psql: {done.stderr.strip()[:300]}")
        return done.stdout.strip()

    def database(self, template=None):
        self.made += 1
        name = f"faults_{os.getpid()}_{self.made}"
        # Copied by way of the log, sequences give numbers again after a crash: they count those as logged that were logged for the template.
        self.sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {template.name} STRATEGY file_copy" if template else ""))
        return Database(name)

    def drop(self, database):
        self.sql(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")

    def load(self, database, path):
        done = subprocess.run(["psql", "-h", FOLDER, "-U", "voc_owner", "-d", database.name, "-qX", "-v", "ON_ERROR_STOP=1", "-f", path],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Fault("harness", f"psql: {done.stderr.strip()[:300]}")

    def end_sessions(self, database):
        """Ends the vault's sessions, as an administrator or a failing network does."""
        self.sql(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database.name}' AND usename = 'vocvault'")

    @property
    def postmaster(self):
        with open(os.path.join(FOLDER, "data/postmaster.pid")) as file:
            return int(file.readline())

    def crash(self):
        """One session's process is killed: the server ends all of them and recovers from its log."""
        pids = self.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1").split()
        if not pids:
            return self.restart()
        try:
            os.kill(int(pids[0]), signal.SIGKILL)
        except ProcessLookupError:
            return
        self.wait()

    def restart(self):
        """Immediate shutdown, as with a power cut but for the system's cache, and a new start."""
        with open(os.path.join(FOLDER, "data/postmaster.opts")) as file:
            command = shlex.split(file.read())
        old = self.postmaster
        os.kill(old, signal.SIGQUIT)
        if self.server:
            self.server.wait()
        end = time.monotonic() + 30
        while os.path.exists(os.path.join(FOLDER, "data/postmaster.pid")) and time.monotonic() < end:
            time.sleep(0.02)
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        self.server = subprocess.Popen(drop + command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    def wait(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            done = subprocess.run(["psql", "-h", FOLDER, "-U", "voc_owner", "-d", "postgres", "-AtXc", "SELECT 1"], capture_output=True)
            if done.returncode == 0:
                return
            time.sleep(0.05)
        raise Fault("harness", "the PostgreSQL server did not come back")

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait()

    def files(self):
        """Data, log and temporary files of the server."""
        for folder, _, names in os.walk(FOLDER):
            yield from (os.path.join(folder, name) for name in names if not name.startswith(".s."))
