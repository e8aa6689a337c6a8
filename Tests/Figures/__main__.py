"""What .ci/figures refuses: python3 Tests/Figures

Each test works on a copy of the results, their thresholds and the documents, and breaks one thing.
"""
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = [".ci/figures", "Benchmarks/Results.json", "Benchmarks/Thresholds.json", "docs/PERFORMANCE.md", "docs/costs.svg", "README.md"]


class Figures(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="voc-figures-"))
        self.addCleanup(shutil.rmtree, self.root)
        for name in FILES:
            (self.root / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        # Bounds are kept to in these tests, whatever the last measurement was.
        self.results = self.read("Benchmarks/Results.json")
        self.thresholds = self.read("Benchmarks/Thresholds.json")

    def read(self, name):
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def write(self, name, value):
        (self.root / name).write_text(json.dumps(value), encoding="utf-8")

    def edit(self, name, old, new):
        text = (self.root / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        (self.root / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def run_figures(self, *arguments):
        done = subprocess.run([self.root / ".ci/figures", *arguments], cwd=self.root, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def judge(self, change=lambda figures: None):
        """A run in which every figure is at its bound, but for what a test changes."""
        run = self.results["bench"]
        for figure in run["figures"]:
            threshold = self.thresholds["bench"][figure["name"]]
            bound = threshold.get("atLeast", threshold.get("atMost"))
            if bound is not None:
                figure["ratio" if "ratio" in figure else "vault"] = bound
        change(run["figures"])
        self.write("run.json", run)
        return self.run_figures("judge", "run.json")

    def named(self, figures, name):
        return next(figure for figure in figures if figure["name"] == name)

    # ---- Judging

    def test_what_is_at_its_bound_keeps_to_it(self):
        status, said = self.judge()
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"(?m)^ingest +27 % .*at least 27 % +ok$")

    def test_a_ratio_below_its_floor_fails(self):
        status, said = self.judge(lambda figures: self.named(figures, "ingest").update(ratio=0.2699))
        self.assertEqual(status, 1)
        self.assertRegex(said, r"(?m)^ingest .*FAILS$")
        self.assertIn("1 of ", said)

    def test_a_ratio_above_its_ceiling_fails(self):
        status, said = self.judge(lambda figures: self.named(figures, "group-by count, small groups suppressed").update(ratio=1.301))
        self.assertEqual(status, 1)
        self.assertRegex(said, r"(?m)^group-by count, small groups suppressed .*at most 1\.3 × +FAILS$")

    def test_a_figure_without_a_baseline_has_a_bound_of_its_own(self):
        status, said = self.judge(lambda figures: self.named(figures, "audit entries verified").update(vault=299_999))
        self.assertEqual(status, 1)
        self.assertRegex(said, r"(?m)^audit entries verified .*FAILS$")

    def test_a_figure_that_was_not_measured_fails(self):
        status, said = self.judge(lambda figures: figures.remove(self.named(figures, "ingest")))
        self.assertEqual(status, 1)
        self.assertRegex(said, r"(?m)^ingest +FAILS: not measured$")

    def test_a_figure_without_a_threshold_fails(self):
        status, said = self.judge(lambda figures: self.named(figures, "ingest").update(name="egress"))
        self.assertEqual(status, 1)
        self.assertRegex(said, r"(?m)^egress .*FAILS: Thresholds.json does not know it$")

    # ---- Documents

    def check_says(self, expected):
        status, said = self.run_figures("check")
        self.assertEqual(status, 1, said)
        self.assertIn(expected, said)

    def test_the_documents_are_as_written(self):
        status, said = self.run_figures("check")
        self.assertEqual(status, 0, said)

    def test_a_figure_changed_by_hand_is_found(self):
        for name in ["docs/PERFORMANCE.md", "README.md"]:
            with self.subTest(name):
                row = re.search(r"(?m)^\| ingest \|.*$", (self.root / name).read_text(encoding="utf-8"))[0]
                self.edit(name, row, row.replace("records/s", "records/h"))
                self.check_says(f"{name} is not what Benchmarks/Results.json gives")

    def test_a_drawing_that_is_not_the_results_is_found(self):
        self.edit("docs/costs.svg", "<polyline", "<polygon")
        self.check_says("docs/costs.svg is not what")

    def test_a_ratio_in_prose_needs_a_threshold(self):
        self.edit("docs/PERFORMANCE.md", "# What it costs\n", "# What it costs\n\nIngest keeps 27 % of the pace, and a group-by needs at most 1.3 ×.\n")
        status, said = self.run_figures("check")
        self.assertEqual(status, 0, said)
        self.edit("docs/PERFORMANCE.md", "27 % of the pace", "26.5% of the pace")
        self.check_says("docs/PERFORMANCE.md states 26.5%, which is no threshold's")

    def test_results_and_thresholds_have_the_same_figures(self):
        self.results["bench"]["figures"].pop(0)
        self.write("Benchmarks/Results.json", self.results)
        self.check_says("Results.json lacks the figure 'ingest' of bench")
        del self.thresholds["bench"]["ingest"]
        del self.thresholds["curve"]
        self.write("Benchmarks/Thresholds.json", self.thresholds)
        self.check_says("run 'curve' stands in only one")

    def test_each_threshold_says_why(self):
        self.thresholds["bench"]["ingest"]["why"] = ""
        self.write("Benchmarks/Thresholds.json", self.thresholds)
        self.check_says("the threshold of 'ingest' does not say why")

    # ---- Taking

    def test_what_is_taken_is_what_the_documents_state(self):
        run = self.results["bench"]
        run["date"] = "2031-02-03"
        self.named(run["figures"], "ingest")["ratio"] = 0.123456
        self.write("run.json", run)
        status, said = self.run_figures("take", "run.json")
        self.assertEqual(status, 0, said)
        text = (self.root / "docs/PERFORMANCE.md").read_text(encoding="utf-8")
        self.assertIn("3 February 2031", text)
        self.assertRegex(text, r"(?m)^\| ingest \|.* 12\.3 % .*missed")
        self.assertEqual(self.named(self.read("Benchmarks/Results.json")["bench"]["figures"], "ingest")["ratio"], 0.1235)
        self.assertEqual(self.run_figures("check")[0], 0)

    def test_a_run_that_could_not_measure_everything_is_not_taken(self):
        run = self.results["against"]
        run["figures"][0] = {"name": "the server", "error": "did not start"}
        self.write("run.json", run)
        status, said = self.run_figures("take", "run.json")
        self.assertEqual(status, 1)
        self.assertIn("'the server' was not measured", said)


class Curve(unittest.TestCase):
    """The curve of noise and budget in docs/ANALYSIS.md is that of the policy that ships."""

    def test_the_document_has_the_curve_of_the_policy(self):
        root = Path(tempfile.mkdtemp(prefix="voc-curve-"))
        self.addCleanup(shutil.rmtree, root)
        for name in ("Tools/Disclosure/__main__.py", "docs/ANALYSIS.md", "policies/roles.yaml"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)

        def run(*arguments):
            return subprocess.run(["python3", root / "Tools/Disclosure", *arguments], cwd=root, capture_output=True, text=True)

        self.assertEqual(run("--check").returncode, 0)
        roles = root / "policies/roles.yaml"
        roles.write_text(roles.read_text(encoding="utf-8").replace("deviation: 10, budget: 170", "deviation: 12, budget: 230"), encoding="utf-8")
        moved = run("--check")
        self.assertEqual((moved.returncode, "make curve" in moved.stderr), (1, True))
        self.assertEqual(run().returncode, 0)
        self.assertEqual(run("--check").returncode, 0)
        # 100 (Φ(√230 / 24) - ½)
        self.assertRegex((root / "docs/ANALYSIS.md").read_text(encoding="utf-8"), r"(?m)^\| 12 \| 230 \| 115 \| 5\.2 \| 23\.6 \|.*\*\*roles.yaml\*\* \|$")


unittest.main()
