"""Serves a vault under mixed load for hours, and says whether its memory stays flat. `make soak HOURS=4`; docs/TESTING.md."""

import argparse
import collections
import csv
import http.client
import os
import queue
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time

import operations
from ledger import Ledger, text_of
from vault import PROGRAM, Server, Vault

# Of so many requests. What comes in is erased again, so that the vault does not grow.
MIX = {"page": 5, "lookup": 3, "reveal": 4, "group-by": 1, "ingest": 3, "erase": 3, "audit list": 1, "text search": 1}
GROUPS = ["product", "region", "channel", "rating", "language", "month(occurred_at)"]
# Part of the time that counts as warm-up, and what memory may grow by in the rest.
WARM_UP = 0.25
GROWTH, GROWTH_MIB = 0.05, 8
# Seconds after which a request has stalled, and the part of the pace that has to be kept.
STALLED, PACE = 10, 0.5
# Nobody asks for so many seconds, so often: what the server does first after a pause, it does then.
REST, REST_EVERY = 15, 600


class Load:
    """Clients who ask in turn, at a pace that the machine keeps up with."""

    def __init__(self, server, ledger, records, rate, clients, seed):
        self.server, self.ledger, self.rate, self.clients, self.seed = server, ledger, rate, clients, seed
        self.stored = records
        self.times, self.errors = collections.defaultdict(list), collections.Counter()
        self.lock, self.is_over, self.temporary, self.rest_until = threading.Lock(), False, queue.Queue(), 0
        self.acknowledged = collections.Counter()

    def start(self):
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(self.clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()

    def work(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        connection, pause = self.server.connect(), self.clients / self.rate
        turn = time.monotonic() + chance.uniform(0, pause)
        while not self.is_over:
            time.sleep(max(0, max(turn, self.rest_until) - time.monotonic()))
            # Who is late does not hurry: a pause of the machine is no burst.
            turn = max(turn + pause, time.monotonic())
            kind = chance.choices(list(MIX), MIX.values())[0]
            begin = time.monotonic()
            try:
                status = getattr(self, kind.replace(" ", "_").replace("-", "_"))(chance, connection)
            except (OSError, http.client.HTTPException) as error:
                status, connection = type(error).__name__, self.server.connect()
            if status is not None:
                self.note(kind, status, time.monotonic() - begin)

    def note(self, kind, status, seconds):
        with self.lock:
            self.times[kind].append(seconds)
            if status != 200:
                self.errors[f"{kind} {status}"] += 1
            if seconds > STALLED:
                self.errors[f"{kind} after more than {STALLED} s"] += 1

    def taken(self):
        """What was measured since the last call."""
        with self.lock:
            times, self.times = self.times, collections.defaultdict(list)
        return times

    def ask(self, connection, who, method, path, body=None, headers=()):
        return self.server.ask(who, method, path, body, headers, connection)

    def page(self, chance, connection):
        body = {"purpose": "subject-request", "select": ["record", "subject", "occurred_at", "text"], "limit": chance.choice([10, 50, 100])}
        return self.ask(connection, "inspector", "POST", "/v1/query", body)[0]

    def text_search(self, chance, connection):
        word = chance.choice(["空调", "物流", "noise", "App"])
        return self.ask(connection, "analyst", "POST", "/v1/query", {"purpose": "insight", "select": ["record", "text"], "where": f"text contains '{word}'", "limit": 20})[0]

    def group_by(self, chance, connection):
        return self.ask(connection, "analyst", "POST", "/v1/aggregate", {"purpose": "insight", "group_by": [chance.choice(GROUPS)], "measures": ["count"]})[0]

    def lookup(self, chance, connection):
        person = chance.choice(self.ledger.people[:500])
        return self.ask(connection, "officer", "POST", "/v1/lookup", {"field": "phone", "value": person.phone, "purpose": "subject-request"})[0]

    def reveal(self, chance, connection):
        return self.ask(connection, "officer", *operations.reveal(chance.choice(self.stored), "phone", "call back").request)[0]

    def audit_list(self, chance, connection):
        return self.ask(connection, "lead", "GET", f"/v1/audit/entries?limit=20&action={chance.choice(['reveal', 'query', 'ingest'])}")[0]

    def ingest(self, chance, connection):
        with self.lock:
            record = self.ledger.record(self.ledger.person())
        operation = operations.ingest([record], "")
        status, text = self.ask(connection, operation.who, *operation.request, operation.headers)
        if operation.answered(status, text):
            self.acknowledged["stored"] += 1
            self.temporary.put(record.person)
        return status

    def erase(self, chance, connection):
        """One of those who came in; two requests, of which the second is measured with the first."""
        try:
            person = self.temporary.get_nowait()
        except queue.Empty:
            return None
        status, text = self.ask(connection, "officer", "POST", "/v1/lookup", {"field": "customer_id", "value": person.id, "purpose": "subject-request"})
        if status != 200 or '"subjects":["' not in text:
            return status if status != 200 else "not found"
        target = text.split('"subjects":["')[1].split('"')[0]
        status, _ = self.ask(connection, *[operations.erase(target, person).who, *operations.erase(target, person).request])
        self.acknowledged["erased"] += status == 200
        return status


def process_state(pid):
    """Resident and anonymous memory in MiB, threads and descriptors."""
    with open(f"/proc/{pid}/status") as file:
        status = dict(line.split(":", 1) for line in file)
    return (*(int(status[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")), int(status["Threads"]), len(os.listdir(f"/proc/{pid}/fd")))


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else ""


def slope(points):
    """Theil and Sen: the median of the slopes between pairs, which few outliers do not move."""
    if len(points) > 300:
        points = points[::len(points) // 300 + 1]
    slopes = [(y2 - y1) / (x2 - x1) for number, (x1, y1) in enumerate(points) for x2, y2 in points[number + 1:] if x2 > x1]
    return statistics.median(slopes) if slopes else 0


def verdict(rows, hours):
    """(what to print, whether all is well)."""
    after = [row for row in rows if row["seconds"] >= hours * 3600 * WARM_UP]
    lines, is_well = [], True
    for name, unit, allowed in (("rss_mib", "MiB", GROWTH_MIB), ("anon_mib", "MiB", GROWTH_MIB), ("fds", "", 4), ("threads", "", 4)):
        tenth = max(1, len(after) // 10)
        first, last = (statistics.median(row[name] for row in part) for part in (after[:tenth], after[-tenth:]))
        hourly = slope([(row["seconds"] / 3600, row[name]) for row in after])
        span = (after[-1]["seconds"] - after[0]["seconds"]) / 3600
        grows = hourly > 0 and min(last - first, hourly * span) > max(allowed, first * GROWTH)
        is_well &= not grows
        lines.append(f"{name}: {first:.1f} → {last:.1f} {unit} after warm-up, {hourly:+.2f} {unit} an hour: {'grows' if grows else 'flat'}")
    return lines, is_well


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=4)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=100, help="requests a second, of all clients together")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--csv", default="soak.csv")
    asked = parser.parse_args()
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is not there; build it first, or name its folder in VOC_BIN")
    folder = tempfile.mkdtemp(prefix="vocvault-soak-")
    server = None
    try:
        vault, ledger = Vault(os.path.join(folder, "vault")), Ledger()
        people = [ledger.person() for _ in range(max(1, asked.records // 3))]
        path = os.path.join(vault.sent, "feed.jsonl")
        with open(path, "w") as file:
            file.write(text_of(ledger.feed(asked.records, people, random.Random(asked.seed))))
        vault.must("loader", "ingest", path, patience=3600)
        server = Server(vault)
        records = [row["record"] for row in server.listing()[:2000]]
        load = Load(server, ledger, records, asked.rate, asked.clients, asked.seed)
        rows, is_well = run(load, server, asked)
        check(vault, server, load, asked.records)
        sys.exit(0 if is_well else 1)
    finally:
        if server and server.is_running:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def run(load, server, asked):
    """Samples while the load lasts; writes the CSV as it goes."""
    length = asked.hours * 3600
    interval = min(10, max(0.5, length / 200))
    columns = ["seconds", "rss_mib", "anon_mib", "threads", "fds", "requests", "errors"] + [f"{kind} {part}" for kind in MIX for part in ("p50 ms", "p99 ms")]
    rows, whole = [], collections.defaultdict(list)
    with open(asked.csv, "w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        load.start()
        begin = time.monotonic()
        rest_every = min(REST_EVERY, length / 3)
        next_rest = rest_every
        while (now := time.monotonic() - begin) < length:
            if now >= next_rest:
                load.rest_until = time.monotonic() + REST
                next_rest += rest_every
            time.sleep(min(interval, max(0, length - now)))
            if not server.is_running:
                break
            rss, anon, threads, fds = process_state(server.process.pid)
            times = load.taken()
            row = dict.fromkeys(columns, "") | {
                "seconds": round(time.monotonic() - begin, 1), "rss_mib": round(rss, 1), "anon_mib": round(anon, 1), "threads": threads, "fds": fds,
                "requests": sum(map(len, times.values())), "errors": sum(load.errors.values())}
            for kind, measured in times.items():
                row[f"{kind} p50 ms"], row[f"{kind} p99 ms"] = round(percentile(measured, 0.5), 2), round(percentile(measured, 0.99), 2)
                # Enough to know the whole by, whatever the length.
                whole[kind] += random.sample(measured, min(len(measured), 50))
            writer.writerow(row)
            file.flush()
            rows.append(row)
        load.stop()
    requests = sum(row["requests"] for row in rows)
    pace = requests / max(1, rows[-1]["seconds"])
    print(f"{asked.hours} hours, {requests} requests, {pace:.0f} a second; {asked.csv} has {len(rows)} samples")
    for kind in MIX:
        print(f"{kind}: p50 {percentile(whole[kind], 0.5) or 0:.2f} ms, p99 {percentile(whole[kind], 0.99) or 0:.2f} ms")
    lines, is_well = verdict(rows, asked.hours)
    print("\n".join(lines))
    if load.errors:
        print(f"requests that failed or stalled: {dict(load.errors)}")
        is_well = False
    if pace < asked.rate * PACE:
        print(f"{asked.rate:.0f} requests a second were asked for")
        is_well = False
    if not server.is_running:
        print("the server has ended by itself")
        is_well = False
    return rows, is_well


def check(vault, server, load, records):
    """Afterwards all is as it was acknowledged."""
    begin = time.monotonic()
    server.stop()
    print(f"ended {time.monotonic() - begin:.2f} s after SIGTERM")
    vault.verify()
    there, wanted = len(vault.listing()), records + load.acknowledged["stored"] - load.acknowledged["erased"]
    if there != wanted:
        sys.exit(f"{there} records are there, {wanted} were acknowledged")
    print(f"the log verifies; {there} records are there, as acknowledged")


if __name__ == "__main__":
    main()
