"""One vault with its ledger, in which operations are tried, killed and checked."""

import os
import re
import shutil

import canaries
import operations
from killing import Asking, kill_process
from ledger import Ledger, text_of
from vault import Fault, Result, Server, Vault, expect


class Attempt:
    """What came of an operation: `done` when it said so, whatever became of it afterwards."""

    def __init__(self, way, done, killed, result):
        self.way, self.done, self.killed = way, done, killed
        self.status, self.out, self.err = result
        found = re.search(r'audit entry (\d+)|"entry":(\d+)', self.out + self.err) if done else None
        self.receipt = int(found[1] or found[2]) if found else None

    def __str__(self):
        said = "" if self.done and self.way == "server" else " " + " ".join((self.err + self.out).split())[:200]
        by = f", entry {self.receipt}" if self.receipt is not None else ""
        return f"{self.way} {'done' if self.done else 'not done'}{', killed' if self.killed else ''} ({self.status}{by}{said})"


class World:
    def __init__(self, folder, random, killer, counts, cluster, area, found):
        self.random, self.killer, self.counts, self.cluster = random, killer, counts, cluster
        self.ledger, self.subjects, self.receipts = Ledger(), {}, []
        self.server, self.found, self.noted = None, found, set()
        in_files = cluster is None or area.begins_in_files
        self.vault = Vault.copy(template(area, cluster, in_files, os.path.dirname(folder)), folder, None if in_files else cluster.database)
        # Folders whose files change when an operation is at work.
        self.work = [self.vault.home, os.path.dirname(self.vault.keys)]

    def close(self):
        """No process of the vault is left."""
        self.vault.stop_servers()
        self.server = None

    def discard(self):
        self.close()
        shutil.rmtree(self.vault.folder, ignore_errors=True)
        if self.cluster and self.vault.database:
            self.cluster.drop(self.vault.database)

    def path(self, name):
        return os.path.join(self.vault.folder, name)

    def write(self, name, text):
        """A file that is sent to the vault, and not looked into afterwards."""
        path = os.path.join(self.vault.sent, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def note_unless(self, condition, kind, message, place=""):
        """A fault with which the world goes on, so that it hides no other; told once in a world."""
        if not condition and (kind, place) not in self.noted:
            self.noted.add((kind, place))
            self.found(Fault(kind, message))

    # Doing something.

    def served(self):
        if not (self.server and self.server.is_running):
            self.server = Server(self.vault)
        return self.server

    def ways(self, operation):
        """How an operation can be tried here, and how it can be cut off."""
        commands = ["command"] * 3 + (["sessions", "sessions", "crash"] if self.cluster else [])
        return (commands if operation.arguments else []) + (["server"] * 2 if operation.request else [])

    def attempt(self, operation, way=None):
        """Tries an operation and cuts it off at a moment of its life."""
        way = way or self.random.choice(self.ways(operation))
        attempt = self.attempt_request(operation) if way == "server" else self.attempt_command(operation, way)
        self.note(attempt)
        return attempt

    def act(self, operation, way="command"):
        """Carries an operation out, and lets it live."""
        if way == "server":
            status, text = self.served().ask(operation.who, *operation.request, operation.headers)
            attempt = Attempt(way, operation.answered(status, text), False, Result(status, text, ""))
        else:
            result = self.vault.run(operation.who, *operation.arguments, input=operation.input)
            attempt = Attempt(way, operation.done(result), False, result)
        self.note(attempt)
        return attempt

    def must(self, operation, way="command"):
        attempt = self.act(operation, way)
        expect(attempt.done, "command-fails", f"{operation.name} has to succeed: {attempt}")
        return attempt

    def note(self, attempt):
        if attempt.receipt is not None:
            self.receipts.append(attempt.receipt)

    def attempt_command(self, operation, way):
        process = self.vault.start(operation.who, *operation.arguments, input=operation.input)
        cut = {"command": lambda: kill_process(process), "sessions": self.end_sessions, "crash": self.crash}[way]
        killed = self.killer.watch(f"{operation.name} {way}", self.work, lambda: process.poll() is not None, cut)
        result = self.vault.finish(process)
        return Attempt(way, operation.done(result), killed, result)

    def end_sessions(self):
        self.cluster.end_sessions(self.vault.database)

    def crash(self):
        self.random.choice([self.cluster.crash, self.cluster.restart])()

    def attempt_request(self, operation):
        server = self.served()
        asking = Asking(lambda: server.ask(operation.who, *operation.request, operation.headers))
        killed = self.killer.watch(f"{operation.name} server", self.work, lambda: asking.is_over, server.kill)
        asking.join()
        status, text = asking.answer
        return Attempt("server", operation.answered(status, text), killed, Result(status, text, ""))

    # What has to hold at any time.

    def check(self):
        """The vault opens, its log verifies, the rows are those that were acknowledged, and nothing is readable."""
        self.vault.verify()
        self.check_rows()
        self.look_for_canaries(self.vault.files())
        self.counts["checks"] += 1

    def check_rows(self, rows=None, where=""):
        """Compares what queries show with the ledger; what was unsure is not any longer."""
        rows = self.vault.listing() if rows is None else rows
        ledger = self.ledger
        seen = {}
        for row in rows:
            id = row["app_version"]
            expect(id in ledger.records, "unknown-record", f"{where}a record {id} that nobody has sent")
            expect(id not in seen, "doubled", f"{where}record {id} is there twice")
            seen[id] = row
        for id, record in ledger.records.items():
            row, person = seen.get(id), record.person
            if row is None:
                if record.state == "in" and not person.is_erased and not person.is_restricted:
                    raise Fault("lost", f"{where}record {id} was acknowledged and is not there")
                if record.state == "unsure":
                    record.state = "out"
                continue
            expect(not person.is_erased, "erased-back", f"{where}record {id} of an erased customer is shown")
            expect(not person.is_restricted, "restricted-shown", f"{where}record {id} of a restricted customer is shown")
            expect(record.state != "out", "back", f"{where}record {id} is there, and was deleted or never stored")
            expect(row["text"] and record.opinion[-10:] in row["text"], "unreadable", f"{where}record {id} does not open as it was: {row['text']!r}")
            record.state = "in"
            known = self.subjects.setdefault(person.number, row["subject"])
            expect(known == row["subject"], "two-customers", f"{where}record {id} belongs to {row['subject']}, others of its customer to {known}")
        return seen

    def pseudonym(self, person):
        return self.subjects[person.number]

    def allowed(self, action, target=None, **filters):
        """Entries that say that something was done."""
        options = {"target": target} if target else {}
        entries = self.vault.entries(action, **options, **filters)
        return [entry for entry in entries if entry["outcome"] == "allowed" and "listed" not in entry["detail"]]

    def happened(self, attempt, action, target, before=0):
        """Whether an attempt took place, as the log has it: never when `done` was not followed by an entry, nor twice."""
        entries = len(self.allowed(action, target)) - before
        expect(entries in ((1,) if attempt.done else (0, 1)), "log-differs", f"{entries} entries of {action} about {target} after {attempt}")
        return entries == 1

    # How a world ends.

    def settle(self):
        """Checks that need not be made after each kill."""
        return [self.receipts_are_kept, self.all_views_agree, self.nothing_is_readable]

    def receipts_are_kept(self):
        log = {entry["seq"]: entry for entry in self.vault.entries()} if self.receipts else {}
        missing = [number for number in self.receipts if number not in log and number >= min(log, default=0)]
        expect(not missing, "receipt-lost", f"entries {missing[:10]} were acknowledged and are not in the log")
        double = len(self.receipts) - len(set(self.receipts))
        expect(double == 0, "receipt-twice", f"{double} numbers of entries were given out twice")

    def all_views_agree(self):
        """A server that was open all along sees what a new one sees."""
        if self.server and self.server.is_running:
            self.check_rows(self.server.listing(), "through the server: ")
        self.close()
        self.check_rows(rows_of_new_server(self.vault), "through a new server: ")

    def nothing_is_readable(self):
        self.look_for_canaries(self.vault.files(), canaries.ALL)
        if self.cluster:
            # Its files are many; what is encoded would come from the vault, and stand in its own files as well.
            self.look_for_canaries(self.cluster.files(), canaries.PLAIN + [canaries.TOKEN])

    def look_for_canaries(self, paths, needles=canaries.PLAIN):
        for path, needle, around in canaries.search(paths, needles):
            place = (os.path.basename(path).split("-")[0], canaries.member(around))
            self.note_unless(False, "canary", f"{path} holds {needle!r}: …{around!r}…", place)

    # Feeding it.

    def feed(self, count, people=None, **options):
        """Stores records that have to be stored."""
        records = self.ledger.feed(count, people, self.random, **options)
        self.store(records)
        return records

    def store(self, records):
        source = records[0].source
        attempt = self.must(operations.ingest(records, self.write("must.jsonl", text_of(records)), source))
        expect(operations.counts(attempt) == (len(records), 0), "ingest-miscounts", f"{len(records)} new records: {attempt.out.strip()}")
        for record in records:
            record.state = "in"
        self.check_rows()


templates = {}


def template(area, cluster, in_files, folder):
    """A vault with its principals, made once and copied for each world."""
    key = (area.edit, in_files)
    if key not in templates:
        templates[key] = Vault(os.path.join(folder, f"template-{area.name}-{os.getpid()}-{len(templates)}"), None if in_files else cluster.database(), area.edit)
    return templates[key]


def discard_templates():
    for vault in templates.values():
        shutil.rmtree(vault.folder, ignore_errors=True)


def rows_of_new_server(vault):
    server = Server(vault)
    try:
        return server.listing()
    finally:
        server.stop()
