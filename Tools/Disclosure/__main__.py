"""Writes what attackers gained (lines of Tests/Attacks/GainTests) and the curve of noise and budget into docs/ANALYSIS.md: `make attack`.

python3 Tools/Disclosure RESULTS
"""
import json
import math
import pathlib
import sys

BEGIN, END = "<!-- figures: make attack -->", "<!-- end of figures -->"
ROOT = pathlib.Path(__file__).resolve().parents[2]


def normal(x):
    return (1 + math.erf(x / math.sqrt(2))) / 2


def gain(figures, deviation, days=1):
    """Points over a guess at even chances that the best test of a yes-or-no answer gains from so many independent figures that each
    change by `days` with it: half the total variation distance of two Gaussians."""
    return 100 * (normal(days * math.sqrt(figures) / (2 * deviation)) - 0.5)


def attacks(results):
    lines = ["| attack | policy | trials | right | gain over guessing, points (95 %) |", "|---|---|---|---|---|"]
    for one in results:
        share = one["found"] / one["trials"]
        half = 196 * math.sqrt(max(share * (1 - share), 1e-9) / one["trials"])
        lines.append(f"| {one['attack']} | {'default' if one['protected'] else 'exact figures'} | {one['trials']} | {one['found']} | {100 * share - 50:.1f} ± {half:.1f} |")
    return lines


def curve():
    lines = [
        "| σ | figures about a day | gain by ten, points | gain by all, points | a cell of 1 % of 10⁴ records a month | of 10⁵ | of 10⁶ |",
        "|---|---|---|---|---|---|---|",
    ]
    for deviation in (5, 10, 20):
        for budget in (40, 100, 170, 400):
            errors = " | ".join(f"± {196 * deviation / (records / 100):.2g} %" for records in (10**4, 10**5, 10**6))
            lines.append(f"| {deviation} | {budget} | {gain(10, deviation):.1f} | {gain(budget, deviation):.1f} | {errors} |")
    return lines


def talkers():
    lines = ["| days on which the customer spoke | ρ of one figure over all of them | gain by ten such figures, points | by 170 |", "|---|---|---|---|"]
    for days in (1, 5, 20):
        lines.append(f"| {days} | {days * days / 200:g} | {gain(10, 10, days):.1f} | {gain(170, 10, days):.1f} |")
    return lines


def main():
    results = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    # The last run of each.
    last = {(one["attack"], one["protected"]): one for one in results}
    page = ROOT / "docs/ANALYSIS.md"
    text = page.read_text()
    start = text.index(BEGIN) + len(BEGIN)
    end = text.index(END, start)
    body = "\n".join([*attacks(sorted(last.values(), key=lambda one: (not one["protected"], one["attack"]))), "", *curve(), "", *talkers()])
    page.write_text(f"{text[:start]}\n{body}\n{text[end:]}")


main()
