"""Writes the curve of noise, budget and error into docs/ANALYSIS.md, and what attackers gained.

python3 Tools/Disclosure            the curve, from `figures` of policies/roles.yaml: `make curve`
python3 Tools/Disclosure RESULTS    what attackers gained (lines of Tests/Attacks/GainTests): `make attack`
python3 Tools/Disclosure --check    whether the document has the curve of the policy
"""
import json
import math
import pathlib
import re
import sys

END = "<!-- end of figures -->"
ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/ANALYSIS.md"
# What the policy may be moved between, beside its own point.
DEVIATIONS, BUDGETS = (5, 10, 20), (40, 100, 170, 400)
RECORDS = (10**4, 10**5, 10**6)
# The least that is asked of it: points after ten questions, and after all of them.
TEN, ALL = 8, 25


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


def policy():
    """Deviation and budget of the shipped policy."""
    text = re.search(r"^figures: \{(.*)\}", (ROOT / "policies/roles.yaml").read_text(encoding="utf-8"), re.M).group(1)
    values = dict(re.findall(r"(\w+): (\d+)", text))
    return int(values["deviation"]), int(values["budget"])


def curve():
    own = policy()
    lines = [
        "| σ | figures about a day | tables of counts | gain by ten, points | gain by all, points | a cell of 1 % of 10⁴ records a month | of 10⁵ | of 10⁶ | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for deviation, budget in sorted({own, *((deviation, budget) for deviation in DEVIATIONS for budget in BUDGETS)}):
        # 95 of 100 cells are nearer to the truth.
        errors = " | ".join(f"± {196 * deviation / (records / 100):.2g} %" for records in RECORDS)
        ten, all_ = gain(10, deviation), gain(budget, deviation)
        notes = ["**roles.yaml**"] * ((deviation, budget) == own) + ["more than it should be"] * (ten > TEN or all_ > ALL)
        lines.append(f"| {deviation} | {budget} | {budget // 2} | {ten:.1f} | {all_:.1f} | {errors} | {'; '.join(notes)} |")
    return lines


def talkers():
    deviation, budget = policy()
    lines = [f"| days on which the customer spoke | ρ of one figure over all of them | gain by ten such figures, points | by {budget} |", "|---|---|---|---|"]
    for days in (1, 5, 20):
        lines.append(f"| {days} | {days * days / (2 * deviation**2):g} | {gain(10, deviation, days):.1f} | {gain(budget, deviation, days):.1f} |")
    return lines


def written(text, target, lines):
    """The page with these lines as the figures of a target."""
    begin = f"<!-- figures: make {target} -->"
    start = text.index(begin) + len(begin)
    body = "\n".join(lines)
    return f"{text[:start]}\n{body}\n{text[text.index(END, start):]}"


def main():
    text = PAGE.read_text(encoding="utf-8")
    if len(sys.argv) > 1 and sys.argv[1] != "--check":
        results = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
        # The last run of each.
        last = {(one["attack"], one["protected"]): one for one in results}
        text = written(text, "attack", attacks(sorted(last.values(), key=lambda one: (not one["protected"], one["attack"]))))
    computed = written(text, "curve", [*curve(), "", *talkers()])
    if "--check" in sys.argv:
        sys.exit(0 if computed == text else "docs/ANALYSIS.md has another curve than the policy's: run 'make curve'")
    PAGE.write_text(computed, encoding="utf-8")


main()
