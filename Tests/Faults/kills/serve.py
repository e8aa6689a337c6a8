"""Servers killed under load: whatever was answered holds, whatever was not is there whole or not at all."""

import os
import threading
import time

import operations
from area import Area
from ledger import text_of
from vault import Server, expect

WORKERS = 6


class Serve(Area):
    """One server, many who ask."""

    name, stores, weight, rounds = "serve", ("files", "postgres"), 3, 8
    homes = 1

    def begin(self):
        world = self.world
        people = [self.ledger.person() for _ in range(24 * WORKERS)]
        self.erasures = {}  # worker: those it may erase, so that each knows what it did
        for worker in range(WORKERS):
            self.erasures[worker] = people[worker * 24:worker * 24 + 12]
            for person in people[worker * 24:worker * 24 + 12]:
                person.worker = worker
        self.world.feed(len(people) * 2, people)
        self.others = [person for person in people if not hasattr(person, "worker") and world.subjects.get(person.number)]
        self.rows = world.check_rows()
        self.servers = []
        for number in range(self.homes):
            home = self.vault.home if number == 0 else world.path(f"home-{number}")
            if number:
                self.vault.must(None, "init", "--store", self.vault.database.vault, home=home)
            self.servers.append(Server(self.vault, home))
        self.homes_of = [self.vault.home if number == 0 else world.path(f"home-{number}") for number in range(self.homes)]

    def round(self):
        self.load()
        for number, server in enumerate(self.servers):
            if not server.is_running:
                self.servers[number] = Server(self.vault, self.homes_of[number])
        self.resolve()
        self.world.check()

    def load(self):
        """Everybody works until a fault ends it."""
        self.is_struck, self.notes = False, [[] for _ in range(WORKERS)]
        threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(WORKERS)]
        for thread in threads:
            thread.start()
        time.sleep(self.random.uniform(0.1, 1.2))
        self.strike()
        self.is_struck = True
        for thread in threads:
            thread.join()

    def strike(self):
        self.servers[0].kill()
        self.world.killer.kills += 1

    def work(self, number):
        """One worker: what was answered is noted, with what was asked and not answered."""
        random, notes = self.random_of(number), self.notes[number]
        while not self.is_struck:
            server = random.choice(self.servers)
            note = random.choices([self.ingest, self.erase, self.hold, self.look], (4, 2, 1, 4))[0](number, random, server)
            if note:
                notes.append(note)

    def random_of(self, number):
        import random
        return random.Random(f"{self.random.random()}/{number}")

    def ask(self, server, operation):
        status, text = server.ask(operation.who, *operation.request, operation.headers)
        return operation.answered(status, text), status, text

    def ingest(self, number, random, server):
        with lock:
            records = [self.ledger.record(self.ledger.person() if random.random() < 0.5 else random.choice(self.others)) for _ in range(random.randint(1, 60))]
        operation = operations.ingest(records, "")
        done, status, text = self.ask(server, operation)
        if status not in (200, 503, 429):
            for record in records:
                record.state = "unsure"
        return ("ingest", records, done, status, text)

    def erase(self, number, random, server):
        if not self.erasures[number]:
            return None
        person = self.erasures[number].pop()
        target = self.world.subjects[person.number]
        operation = operations.erase(target, person)
        # Among more than a thousand people some have the same number of an identity card.
        operation.request[2]["sharers_stay"] = True
        return ("erase", person, *self.ask(server, operation))

    def hold(self, number, random, server):
        if not self.erasures[number]:
            return None
        person = self.erasures[number].pop()
        target = self.world.subjects[person.number]
        return ("hold", person, *self.ask(server, operations.hold(target, person)))

    def look(self, number, random, server):
        body = {"purpose": "subject-request", "select": ["record", "text"], "limit": 50}
        server.ask("inspector", "POST", "/v1/query", body)
        record = random.choice(list(self.rows.values()))["record"]
        server.ask("officer", *operations.reveal(record, "phone", "asked").request)

    def resolve(self):
        """Books what happened: what was not answered by what the log says."""
        world = self.world
        for kind, what, done, status, text in (note for notes in self.notes for note in notes):
            expect(done or status in (0, 503, 429, 500), "request-fails", f"{kind}: {status} {text[:200]}")
            if kind == "ingest":
                for record in what:
                    record.state = "in" if done else "unsure"
                continue
            action, target = {"erase": "subject.erase", "hold": "subject.hold"}[kind], world.subjects[what.number]
            happened = len(world.allowed(action, target))
            expect(happened in ((1,) if done else (0, 1)), "log-differs", f"{happened} entries of {action} after {status}")
            if kind == "erase":
                what.is_erased = happened == 1
            elif happened:
                what.holds = ["held"]
                self.held_refuses(what, target)
        world.check_rows()
        self.send_again()

    def held_refuses(self, person, target):
        erasing = self.world.act(operations.erase(target, person))
        expect(not erasing.done, "hold-lost", f"a customer on hold is erased: {erasing}")

    def send_again(self):
        """What was sent comes again: exactly the rest is stored."""
        sent = [record for notes in self.notes for note in notes if note[0] == "ingest" for record in note[1]]
        if not sent:
            return
        there = sum(record.state == "in" for record in sent)
        again = self.world.must(operations.ingest(sent, self.world.write("again.jsonl", text_of(sent))))
        expect(operations.counts(again) == (len(sent) - there, there), "ingest-miscounts", f"{len(sent)} records, {there} of them there: {again}")
        for record in sent:
            record.state = "in"

    def settle(self):
        return [self.servers_agree, *super().settle()]

    def servers_agree(self):
        for server in self.servers:
            self.world.check_rows(server.listing(), "through a server: ")
            server.stop()


lock = threading.Lock()


class Shared(Serve):
    """Three servers of one database, whose sessions, processes and server fail."""

    name, stores, weight, homes = "shared", ("postgres",), 4, 3

    def strike(self):
        for _ in range(self.random.randint(1, 2)):
            kind = self.random.choice(["process", "sessions", "sessions", "crash", "restart"])
            if kind == "process":
                server = self.random.choice(self.servers)
                if server.is_running:
                    server.kill()
            elif kind == "sessions":
                self.world.end_sessions()
            else:
                getattr(self.world.cluster, kind)()
            self.world.killer.kills += 1
            time.sleep(self.random.uniform(0, 0.3))
