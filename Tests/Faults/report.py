"""What a run has shown, as a table to read."""

import collections
import datetime
import subprocess

from vault import ROOT

# Faults of one kind that are shown in full.
SHOWN = 3


def revision():
    done = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def noted(results, seed):
    """The results with when they were had, of which sources, and from which seed."""
    return [dict(result, day=datetime.date.today().isoformat(), sources=revision(), seed=seed) for result in results]


def table(results, areas):
    """Markdown."""
    kills = [result for result in results if result["area"] in areas]
    races = [result for result in results if result["area"] not in areas]
    done = sum(result["done"] for result in kills), sum(result["done"] for result in races)
    faults = sum(len(result["faults"]) for result in results)
    lines = [
        "# What the fault tests have shown", "",
        f"`make faults` writes this file: {done[0]} kills, {done[1]} interleavings, {faults or 'no'} faults. It may run in parts, and then each "
        "line below is of the last run that reached its whole number:", ""]
    runs = collections.Counter()
    for result in results:
        runs[result["day"], result["sources"], result["seed"], "kills" if result["area"] in areas else "interleavings"] += result["done"]
    lines += [f"- {day}, sources `{sources}`, seed {seed}: {count} {what}" for (day, sources, seed, what), count in sorted(runs.items())] + [""]
    if kills:
        restores = sum(result["counts"].get("restores", 0) for result in kills)
        lines += [
            f"Kills: after each, the vault was opened, its log verified, its rows compared with what was acknowledged, and every file searched. "
            f"{restores} backups were restored.", "",
            "| operation | store | sources | kills | after its first write | ended before its kill | vaults | checks | faults |",
            "|---|---|---|---|---|---|---|---|---|"]
        lines += [
            f"| {result['area']} | {result['store']} | {result['sources']} | {result['done']} | {writing(result)} | {result['survived']} | "
            f"{result['counts'].get('worlds', 0)} | {result['counts'].get('checks', 0)} | {kinds(result)} |" for result in kills] + [""]
    if races:
        lines += ["Pairs: after each interleaving the log was verified against the database.", "",
                  "| pair | store | sources | interleavings | outcomes | faults |", "|---|---|---|---|---|---|"]
        lines += [
            f"| {result['area']} | {result['store']} | {result['sources']} | {result['done']} | {outcomes(result)} | {kinds(result)} |"
            for result in races] + [""]
    return "\n".join(lines + details(results))


def writing(result):
    """Kills at which files had changed; a database's files tell nothing of one command."""
    return result["writing"] if result["store"] == "files" else "–"


def kinds(result):
    counts = collections.Counter(fault["kind"] for fault in result["faults"])
    text = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    return (text or "none") + ("; cut short" if result["cut_short"] else "")


def outcomes(result):
    counts = {name.removeprefix("outcome "): count for name, count in result["counts"].items() if name.startswith("outcome ")}
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items(), key=lambda item: -item[1])[:4]) or "–"


def details(results):
    """Each kind of fault with how it showed, and the command that repeats it."""
    lines = []
    for result in results:
        by_kind = collections.defaultdict(list)
        for fault in result["faults"]:
            by_kind[fault["kind"]].append(fault)
        for kind, faults in sorted(by_kind.items()):
            lines += [f"## {kind}: {result['area']} on {result['store']}, {len(faults)} times", ""]
            for fault in faults[:SHOWN]:
                where = f" ({fault['step']})" if fault["step"] else ""
                kept = f"; kept in {fault['folder']}" if fault["folder"] else ""
                lines += [f"- round {fault['round']}{where}: {fault['message']}{kept}"]
            lines += ["", f"Again: `make faults ONLY={result['area']} STORE={result['store']} KILLS={result['wanted']} RACES={result['wanted']} SEED={result['seed']}`", ""]
    return lines
