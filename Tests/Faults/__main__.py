"""Kills, races and their checks. `make faults` runs them all; docs/TESTING.md says how to read what comes out."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import report
from area import Run, clear
from kills import AREAS
from races import PAIRS
from vault import PROGRAM, ROOT, Vault

HERE = os.path.dirname(os.path.abspath(__file__))


def options():
    parser = argparse.ArgumentParser(description="Kills every changing operation at random moments, lets pairs of them meet, and checks what must hold.")
    parser.add_argument("--kills", type=int, default=1000, help="on files, over all areas together; a database gets half as many more")
    parser.add_argument("--races", type=int, default=200, help="interleavings of each pair, on each store")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--sample", action="store_true", help="what .ci/run takes: everything on files a few times, the rest of it on a database")
    parser.add_argument("--only", default="", help="areas and pairs, separated by commas")
    parser.add_argument("--store", choices=["files", "postgres", "both"], default="both")
    parser.add_argument("--minutes", type=float, default=120, help="no area or pair begins anything new after so long")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", help="where vaults are made; those with faults stay there")
    parser.add_argument("--record", action="store_true", help="enter whole numbers of kills and interleavings into results.json, and write RESULTS.md from it")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--worker", nargs=4, metavar=("NAME", "STORE", "AMOUNT", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--deadline", type=float, help=argparse.SUPPRESS)
    return parser.parse_args()


# On a database a sample has what differs there.
SAMPLE = ["ingest", "erase", "backup", "migrate", "upgrade", "init", "shared", "erase-erase", "erase-retention", "erase-reveal", "ingest-ingest", "use-use"]
SAMPLE_KILLS, SAMPLE_RACES = 40, 2


def plan(asked):
    """(name, store, how many) of everything that is to run."""
    only = [name for name in asked.only.split(",") if name]
    unknown = [name for name in only if name not in AREAS and name not in PAIRS]
    if unknown:
        sys.exit(f"there is no {', '.join(unknown)}; there are {', '.join([*AREAS, *PAIRS])}")
    stores = ["files", "postgres"] if asked.store == "both" else [asked.store]
    wanted = [name for name in AREAS if not only or name in only]
    jobs = []
    if asked.sample:
        asked.kills, asked.races = SAMPLE_KILLS, SAMPLE_RACES
    for store in stores:
        sampled = {*AREAS, *PAIRS} if store == "files" or not asked.sample else set(SAMPLE)
        names = [name for name in wanted if store in AREAS[name].stores and name in sampled]
        whole = sum(AREAS[name].weight for name in names) or 1
        kills = asked.kills if store == "files" else asked.kills / (5 if asked.sample else 2)
        if not only or len(names) == len(AREAS):
            amounts = {name: round(kills * AREAS[name].weight / whole) for name in names}
        else:
            amounts = {name: round(kills / len(names)) for name in names}
        jobs += [(name, store, max(1, amount)) for name, amount in amounts.items() if kills]
        jobs += [
            (name, store, asked.races) for name in PAIRS if (not only or name in only) and store in PAIRS[name].stores and name in sampled and asked.races]
    return jobs


def work(asked):
    """One area or pair on one store, in a process of its own."""
    name, store, amount, file = asked.worker
    # Told to stop, it takes its servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cluster = None
    if store == "postgres":
        from postgres import Cluster
        cluster = Cluster()
    kind = AREAS.get(name) or PAIRS[name]

    def progress(run):
        print(f"  {name} on {store}: {run.done} of {amount}, {len(run.faults)} faults", flush=True)

    try:
        run = Run(kind, store, int(amount), asked.seed, asked.folder, time.monotonic() + asked.deadline, progress)
        result = run.go(cluster)
    finally:
        for vault in list(Vault.made):
            vault.stop_servers()
        if cluster:
            cluster.stop()
    with open(file, "w") as out:
        json.dump(result, out)


class Workers:
    """Runs jobs, some at a time, and ends what is still running when it is told to."""

    def __init__(self, asked, folder):
        self.asked, self.folder, self.end = asked, folder, time.monotonic() + asked.minutes * 60
        self.running = set()

    def run(self, job):
        name, store, amount = job
        file = os.path.join(self.folder, f"{name}-{store}.json")
        command = [sys.executable, HERE, "--seed", self.asked.seed, "--folder", self.folder, "--worker", name, store, str(amount), file,
                   "--deadline", str(max(1, self.end - time.monotonic()))]
        if store == "postgres":
            command.insert(0, os.path.join(ROOT, ".ci/with-postgres"))
        process = subprocess.Popen(command, start_new_session=True)
        self.running.add(process)
        status = process.wait()
        self.running.discard(process)
        try:
            with open(file) as result:
                return json.load(result)
        except FileNotFoundError:
            return {"area": name, "store": store, "wanted": amount, "done": 0, "counts": {}, "survived": 0, "writing": 0, "seconds": 0, "cut_short": False,
                    "faults": [{"kind": "harness", "message": f"the worker ended with {status}", "step": "", "round": 0, "folder": None}]}
        finally:
            if os.path.exists(file):
                os.remove(file)

    def stop(self):
        for process in list(self.running):
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass


def whole_amounts():
    """{(area or pair, store): how many make it whole}, in the order of reports."""
    return {(name, store): amount for name, store, amount in plan(argparse.Namespace(only="", store="both", sample=False, kills=1000, races=200))}


def key(result):
    return result["area"], result["store"]


def in_order(results, amounts):
    order = list(amounts)
    return sorted(results, key=lambda result: order.index(key(result)))


def record(results, amounts, folder):
    """Puts results that reach their whole number in the place of older ones, and writes RESULTS.md; the number of lines that it has now."""
    kept = os.path.join(HERE, "results.json")
    whole = {}
    if os.path.exists(kept):
        with open(kept) as file:
            whole = {key(result): result for result in json.load(file)}
    reached = {key(result): result for result in results if result["done"] >= amounts[key(result)]}
    if not reached:
        return sum(name in amounts for name in whole)
    whole.update(reached)
    # Where vaults were kept is of this machine alone.
    text = json.dumps(in_order([result for name, result in whole.items() if name in amounts], amounts), indent=1, ensure_ascii=False).replace(folder + "/", "")
    with open(kept, "w") as file:
        file.write(text + "\n")
    with open(os.path.join(HERE, "RESULTS.md"), "w") as file:
        file.write(report.table(json.loads(text), AREAS) + "\n")
    return sum(name in amounts for name in whole)


def verdict(results, sample):
    """1 when there is a fault, or something was not tried as often as it was to be. A slow machine may cut a sample, as long as it tried everything."""
    short = [result for result in results if result["cut_short"] and not (sample and result["done"])]
    for result in results:
        if result["faults"] or result["cut_short"]:
            print(f"{result['area']} on {result['store']}: {len(result['faults'])} faults, {result['done']} of {result['wanted']} done", file=sys.stderr)
    return 1 if short or any(result["faults"] for result in results) else 0


def main():
    asked = options()
    if asked.worker:
        return work(asked)
    jobs = plan(asked)
    if asked.list:
        return print("\n".join(f"{name} on {store}: {amount}" for name, store, amount in jobs))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is not there; build it first (swift build), or name its folder in VOC_BIN")
    base = asked.folder or os.path.join(tempfile.gettempdir(), "vocvault-faults")
    folder = os.path.join(base, f"{int(time.time())}-{os.getpid()}")
    os.makedirs(folder, 0o711)
    workers = Workers(asked, folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with ThreadPoolExecutor(asked.jobs) as pool:
            # The longest first, so that none runs alone at the end.
            results = list(pool.map(workers.run, sorted(jobs, key=lambda job: -job[2])))
    except BaseException:
        workers.stop()
        raise
    results = report.noted(results, asked.seed)
    amounts = whole_amounts()
    print(report.table(in_order(results, amounts), AREAS))
    if asked.record:
        print(f"recorded: {record(results, amounts, folder)} lines of {len(amounts)}")
    clear(folder)
    clear(base)
    sys.exit(verdict(results, asked.sample))


if __name__ == "__main__":
    main()
