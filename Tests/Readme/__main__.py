"""Runs the README's commands from top to bottom, as a newcomer would: python3 Tests/Readme [FILE]

Every `console` block is typed into one bash, in a folder that has the project's policies and documents, with the programs of VOC_BIN
(.build/debug) on its PATH. In such a block a line after "$ " is a command, what follows it is what it prints.

What is checked:
- each command ends with exit code 0, or with the one that its comment ends with ("# denied: exit code 3");
- each line that the README shows is printed, numbers, times, pseudonyms and tokens aside, and "…" stands for anything. Of a table the
  heading must be the same and there must be rows; what stands in them may differ;
- a `json` block is a record on one line, which `vocvault ingest` stores.

A comment before a block, which readers do not see, says what is different about it:
    <!-- readme: skip WHY -->        is not run
    <!-- readme: terminal -->        its commands have a terminal, and get what they ask to be typed
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# A command that takes longer than this is one that waits for somebody.
PATIENCE = 120


class Block:
    def __init__(self, language, line, notes):
        self.language, self.line, self.notes, self.lines = language, line, notes, []

    @property
    def skipped(self):
        return next((note[5:] for note in self.notes if note.startswith("skip ")), None)

    @property
    def on_terminal(self):
        return "terminal" in self.notes

    def commands(self):
        """Pairs of a command, with its line in the file, and the lines that are shown after it."""
        found = []
        for number, line in enumerate(self.lines, self.line + 1):
            if line.startswith("$ "):
                found.append((number, line[2:], []))
            elif found:
                found[-1][2].append(line)
            else:
                raise SystemExit(f"line {number}: a console block begins with a command: '$ …'")
        return found


def blocks(text):
    """The fenced blocks of a document, each with the notes in the comment right before it."""
    found, block, notes = [], None, []
    for number, line in enumerate(text.splitlines(), 1):
        if block:
            if line.startswith("```"):
                block = None
            else:
                block.lines.append(line)
        elif line.startswith("```"):
            block = Block(line[3:].strip(), number, notes)
            found.append(block)
            notes = []
        elif note := re.fullmatch(r"<!-- readme: (.+) -->", line):
            notes.append(note[1])
        elif line.strip():
            notes = []
    return found


# What differs from run to run, longest forms first.
VARIABLE = re.compile(
    r"""(?:…
    | vvt_[\w-]+ | [rsvqt]_[0-9A-Za-z]{6,}     # tokens, pseudonyms, identifiers
    | vocvault/[0-9a-f]+\+[0-9a-f]+\+[\w+/=]+  # verifier keys
    | (?<=--cursor\ )\S+
    | \d{4}-\d\d-\d\d(?:T[\d:.]+Z?)? | \d{8}T\d{6}-\d+
    | \d[\d,.]*)""", re.X)


def is_rule(line):
    return re.fullmatch(r"-+(?:  -+)*", line.strip()) is not None


def missing(shown, printed):
    """Lines that the README shows and the command did not print."""
    lines = printed.splitlines()
    in_table = False
    for index, line in enumerate(shown):
        if not line.strip() or line.strip() == "…":
            in_table = in_table and line.strip() == "…"
        elif is_rule(line):
            in_table = True
            at = next((i for i, found in enumerate(lines) if is_rule(found)), None)
            if at is None or at + 1 >= len(lines):
                yield "a table with rows"
        elif in_table and len(re.split(r" {2,}", line.strip())) > 2:
            pass
        elif not any(matches(line, found) for found in lines):
            yield line


def matches(line, found):
    """Whether a printed line says what a shown one does, what varies aside."""
    def parts(text):
        return re.sub(r"\s+", " ", VARIABLE.sub("\0", text)).strip()

    wanted = [re.escape(part) for part in re.sub(r"\s+", " ", VARIABLE.sub(lambda m: m[0] if m[0] == "…" else "\0", line)).strip().split("…")]
    return re.search(".*".join(wanted), parts(found)) is not None


class Shell:
    """A bash that remembers what was typed into it."""

    def __init__(self, folder, programs):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VOCVAULT_")}
        environment["PATH"] = f"{programs}:{environment['PATH']}"
        self.output = folder.parent / "output"
        # Exported, so that what is started on a terminal has it all.
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-a"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)

    def run(self, command, terminal=False):
        """Exit code and output of a command."""
        typed = command if not terminal else f"{sys.executable} {Path(__file__).with_name('terminal.py')} <<'END_OF_COMMAND'\n{command}\nEND_OF_COMMAND"
        self.process.stdin.write(f"{{ {typed}\n}} >{self.output} 2>&1 {'' if terminal else '</dev/null'}\necho $?\n")
        self.process.stdin.flush()
        status = self.process.stdout.readline().strip()
        if not status:
            raise SystemExit(f"the shell ended at: {command}")
        return int(status), self.output.read_text(encoding="utf-8", errors="replace")


def expected_status(command):
    stated = re.search(r"#.*: exit code (\d+)$", command)
    return int(stated[1]) if stated else 0


def main(path):
    programs = Path(os.environ.get("VOC_BIN", ROOT / ".build/debug")).resolve()
    if not (programs / "vocvault").exists():
        raise SystemExit(f"there is no vocvault in {programs}: build it, or say where it is with VOC_BIN")
    problems, run, skipped = [], 0, []
    with tempfile.TemporaryDirectory(prefix="readme-") as scratch:
        folder = Path(scratch, "voc-vault")
        for name in ["policies", "docs"]:
            shutil.copytree(ROOT / name, folder / name)
        shell = Shell(folder, programs)
        for block in blocks(path.read_text(encoding="utf-8")):
            if block.language in ("console", "sh") and block.skipped:
                skipped.append(f"line {block.line}: {block.skipped}")
            elif block.language == "sh":
                problems.append(f"line {block.line}: what is to be typed stands in a console block, or is marked 'skip WHY'")
            elif block.language == "json":
                (folder / "sample.jsonl").write_text("\n".join(block.lines) + "\n", encoding="utf-8")
                status, printed = shell.run('VOCVAULT_TOKEN=$LOADER vocvault ingest sample.jsonl --source sample')
                if status != 0 or "stored 1 " not in printed:
                    problems.append(f"line {block.line}: this record is not taken in:\n{printed}")
            elif block.language == "console":
                for line, command, shown in block.commands():
                    status, printed = shell.run(command, block.on_terminal)
                    run += 1
                    print(f"$ {command}\n{printed}", end="", flush=True)
                    if status != expected_status(command):
                        problems.append(f"line {line}: exit code {status}, not {expected_status(command)}: {command}\n{printed}")
                    problems += [f"line {line}: {command}\n  does not print: {text}\n  but:\n{printed}" for text in missing(shown, printed)]
    print(f"\n{run} commands were run; not run:")
    print("\n".join(f"  {text}" for text in skipped))
    if problems:
        print(f"\n{len(problems)} problems:\n\n" + "\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "README.md"))
