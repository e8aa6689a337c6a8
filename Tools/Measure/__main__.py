"""Measures detection on texts that nobody of the project wrote, and keeps the figures.

    python3 Tools/Measure                      # the sets that lie in Tools/Measure/sets, and those of VOC_CORPORA
    python3 Tools/Measure --write              # and writes figures.json and the table of docs/DETECTION.md
    python3 Tools/Measure --check              # the committed sets alone, against figures.json

It runs `vocvault redact` of the programs in VOC_BIN (.build/release), so that what is measured is what users get. `--check` fails when
figures.json is of another version of the detector, or of other texts, or when a figure is worse than there by more than a point.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

from sets import BETTER, COMMITTED, CORPORA, HERE, TOLERANCE, digest, figures, read

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIGURES = HERE.parent / "figures.json"
DOCUMENT = ROOT / "docs/DETECTION.md"
NEGATIVES = "real texts without special categories, read"
BEGIN, END = "<!-- figures: make detect -->", "<!-- end of figures -->"
TITLES = {
    "strict_f1": "strict F1", "precision": "precision", "recall": "recall", "f2": "F2", "leak": "characters that leak", "whole": "covered whole", "handles": "handles, recall",
    "per_thousand": "`[NAME]` in 1,000 texts", "exact": "as marked", "withheld": "withheld as of another language", "special": "texts with a special category", "false_special": "texts without one in which one is found",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write figures.json and the table of docs/DETECTION.md")
    parser.add_argument("--check", action="store_true", help="fail when a figure has fallen")
    options = parser.parse_args()
    measured = {set.name: measure(set, HERE / set.path) for set in COMMITTED}
    if options.check:
        sys.exit(check(measured))
    folder = os.environ.get("VOC_CORPORA")
    skipped = []
    for set in CORPORA:
        path = pathlib.Path(folder or "") / set.path
        if folder and path.exists():
            measured[set.name] = measure(set, path)
        else:
            skipped.append(set.name)
    none = read_negatives(folder)
    if none:
        measured[NEGATIVES] = {"kind": "negatives", "texts": len(none), **figures("negatives", none, redact(none, folder))}
    else:
        skipped.append(NEGATIVES)
    table = lines(measured)
    print("\n".join(table))
    if skipped:
        print("skipped, not at hand (VOC_CORPORA=FOLDER):", ", ".join(skipped))
    if options.write:
        if FIGURES.exists():
            kept = json.loads(FIGURES.read_text(encoding="utf-8"))
            # What is not at hand keeps its figures as long as the detector is the same.
            measured |= {name: kept["sets"][name] for name in skipped if kept["detector"] == version() and name in kept["sets"]}
            table = lines(measured)
        FIGURES.write_text(json.dumps({"detector": version(), "sets": measured}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        text = DOCUMENT.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        after = rest.split(END)[1]
        DOCUMENT.write_text(f"{before}{BEGIN}\nDetector version {version()}.\n\n" + "\n".join(table) + f"\n{END}{after}", encoding="utf-8")


def version():
    source = (ROOT / "Sources/Detection/Engine/Detector.swift").read_text(encoding="utf-8")
    return int(re.search(r"static let version = (\d+)", source)[1])


def measure(set, path):
    texts = read(path)
    return {"kind": set.kind, "texts": len(texts), "sha256": digest(path), **figures(set.kind, texts, redact(texts, path, set.language))}


def read_negatives(folder):
    """Real texts that were read and say nothing of a special category, by their ids in verdicts.json; none unless all are at hand."""
    ids = set(json.loads((HERE.parent / "verdicts.json").read_text(encoding="utf-8"))["special categories"]["none"])
    paths = [path for pattern in ("zh/voc.*.jsonl", "en/voc.*.jsonl") for path in pathlib.Path(folder or "-").glob(pattern)]
    found = {text["id"]: text for path in paths for text in read(path) if text["id"] in ids}
    return list(found.values()) if len(found) == len(ids) else []


def redact(texts, path, language=None):
    """The spans that the program finds in each text, with a language's pack on."""
    program = pathlib.Path(os.environ.get("VOC_BIN", ROOT / ".build/release")).resolve() / "vocvault"
    if not program.exists():
        sys.exit(f"there is no {program}: build it, or say where it is with VOC_BIN")
    lines = "".join(json.dumps({"id": number, "text": text["text"]}, ensure_ascii=False) + "\n" for number, text in enumerate(texts))
    run = subprocess.run([program, "redact", "-", *(["--languages", language] if language else [])], input=lines, capture_output=True, text=True)
    found = [json.loads(line)["spans"] for line in run.stdout.split("\n") if line]
    if run.returncode != 0 or len(found) != len(texts):
        sys.exit(f"{program} redact gave {len(found)} of {len(texts)} lines of {path}: {run.stderr[:300]}")
    return found


def shown(name, value):
    return "–" if value is None else f"{value:.1f}" if name == "per_thousand" else f"{value:.3f}" if name in ("strict_f1", "f2") else f"{100 * value:.1f} %"


def lines(measured):
    table = ["| set | texts | figures |", "|---|---|---|"]
    for name, entry in measured.items():
        shares = " · ".join(f"{TITLES[key]} {shown(key, entry[key])}" for key in TITLES if key in entry)
        table.append(f"| {name} | {entry['texts']:,} | {shares} |")
    return table


def check(measured):
    """0 when nothing has fallen; says what has, and which sets are not compared."""
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    problems = []
    if kept["detector"] != version():
        problems.append(f"figures.json is of detector {kept['detector']}, the present one is {version()}: run 'make detect' and commit what it writes")
    for name, entry in measured.items():
        before = kept["sets"].get(name)
        if not before or before["sha256"] != entry["sha256"]:
            problems.append(f"{name}: figures.json is of other texts")
            continue
        for key, sign in BETTER.items():
            if before.get(key) is not None and sign * (entry[key] - before[key]) < -TOLERANCE.get(key, 0.01):
                problems.append(f"{name}: {TITLES[key]} was {shown(key, before[key])} and is {shown(key, entry[key])}")
    print("compared:", "; ".join(measured), "· not compared, as their texts are not ours to copy:", "; ".join(set.name for set in CORPORA))
    for problem in problems:
        print("FAILED", problem, file=sys.stderr)
    return 1 if problems else 0


main()
