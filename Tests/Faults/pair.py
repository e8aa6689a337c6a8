"""Operations that meet: started together again and again, by processes and by requests."""

import json
import threading

import operations
from area import Area
from vault import Server, expect
from world import Attempt, Result


class Pair(Area):
    """A pair, or more. A subclass says in `round` who meets whom, and what may come of it."""

    rounds = 50
    counts_kills = False
    # How often all come as requests, some as commands, all as commands.
    mixes = (6, 3, 1)

    def begin(self):
        people = [self.ledger.person() for _ in range(60)]
        self.world.feed(120, people)
        self.fresh = list(people)
        self.random.shuffle(self.fresh)
        self.servers = [Server(self.vault)]
        if self.random.random() < 0.5:
            self.servers.append(Server(self.vault, self.other_home()))

    def other_home(self):
        """A second process of the same files, or of the same database."""
        if not self.vault.database:
            return self.vault.home
        home = self.world.path("other-home")
        self.vault.must(None, "init", "--store", self.vault.database.vault, home=home)
        return home

    def person(self):
        """A customer whom no earlier round has touched."""
        if not self.fresh:
            self.fresh = [self.ledger.person() for _ in range(40)]
            self.world.feed(60, list(self.fresh))
        person = self.fresh.pop()
        return person, self.world.pseudonym(person)

    def record_of(self, person):
        """Pseudonym of a record."""
        record = next(record for record in self.ledger.of(person) if record.state == "in")
        body = {"purpose": operations.PURPOSE, "select": ["record"], "where": f"app_version = '{record.id}'"}
        return self.servers[0].json("inspector", "POST", "/v1/query", body)["rows"][0][0]

    def meet(self, *contenders, mix=None):
        """Starts all of them at once, each a little later than it could; what came of each, in their order."""
        mix = mix if mix is not None else self.random.choices((0, 0.5, 1), self.mixes)[0]
        ways = ["command" if contender.arguments and (not contender.request or self.random.random() < mix) else "server" for contender in contenders]
        # A command needs some time before it does anything; requests wait for it.
        late = 0.09 if "command" in ways else 0
        delays = [self.random.uniform(0, 0.01) if way == "command" else self.random.uniform(late / 3, late + 0.006) for way in ways]
        servers = [self.random.choice(self.servers) for _ in ways]
        results, barrier = [None] * len(ways), threading.Barrier(len(ways))

        def contend(number):
            contender, server = contenders[number], servers[number]
            connection = server.connect() if ways[number] == "server" else None
            if connection:
                connection.connect()
            barrier.wait()
            threading.Event().wait(delays[number])
            if connection:
                results[number] = self.answered(contender, server, connection)
            else:
                result = self.vault.run(contender.who, *contender.arguments, input=contender.input)
                results[number] = Attempt("command", contender.done(result), False, result)

        threads = [threading.Thread(target=contend, args=(number,)) for number in range(len(ways))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for attempt in results:
            expect(attempt is not None, "harness", "a contender has no result")
            self.world.note(attempt)
        self.world.counts["interleavings"] += 1
        self.world.counts["outcome " + "/".join("yes" if attempt.done else "no" for attempt in results)] += 1
        return results

    def answered(self, contender, server, connection):
        status, text = server.ask(contender.who, *contender.request, contender.headers, connection)
        connection.close()
        return Attempt("server", contender.answered(status, text), False, Result(status, text, ""))

    def verify(self):
        """The log against the database."""
        status, text = self.servers[0].ask("officer", "POST", "/v1/audit/verify", {})
        expect(status == 200 and '"valid":true' in text, "verify", f"audit verify: {status} {text[:300]}")
        self.world.counts["checks"] += 1

    def entries(self, action, target):
        """Entries that say that it was done, oldest first."""
        path = f"/v1/audit/entries?action={action}&target={target}&limit=1000"
        found = self.servers[0].json("lead", "GET", path)["entries"]
        return [entry for entry in reversed(found) if entry["outcome"] == "allowed"]

    def one_wins(self, attempts, kind, refusals=(1, 2, 3, 400, 403, 404, 409)):
        """Exactly one is done; the others are refused plainly."""
        winners = [attempt for attempt in attempts if attempt.done]
        expect(len(winners) == 1, kind, f"{len(winners)} of {len(attempts)} were done: {'; '.join(map(str, attempts))}")
        self.plainly(attempts, refusals)
        return winners[0]

    def plainly(self, attempts, refusals=(1, 2, 3, 400, 403, 404, 409)):
        for attempt in attempts:
            expect(attempt.done or attempt.status in refusals, "unplain-refusal", f"{attempt}")

    def settle(self):
        return [self.servers_agree, *super().settle()]

    def servers_agree(self):
        for number, server in enumerate(self.servers):
            self.world.check_rows(server.listing(), f"through server {number + 1}: ")
        for server in self.servers:
            server.stop()
        self.world.check()


def receipt(text):
    try:
        return json.loads(text)["receipt"]["entry"]
    except (ValueError, KeyError, TypeError):
        return None
