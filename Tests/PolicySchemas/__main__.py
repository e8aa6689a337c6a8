"""The JSON Schemas of the policy files against their reader: .build/tools/bin/python Tests/PolicySchemas

An editor underlines what the schemas in policies/.schemas refuse; a vault opens under what `vocvault policy check` accepts. Here both judge
the same files:

- the policies that come with the vault, those of the golden vaults, and those in `whole`: both accept them;
- each member in them, made wrong in every way that its schema rules out (unknown and missing keys, values of another kind, numbers beyond
  their bounds, words of no list): both refuse it, and the list that the reader prints is the schema's;
- each member at its bounds, and without what may be left out: the reader has nothing against that value;
- the edits of Tests/PolicyTests, and those of RULES: the schemas refuse nothing that the reader accepts.

The schemas may refuse less, since they see one file alone: names of other files, what stands twice. In one thing they refuse more: numbers,
true and false stand without quotes.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema_rs
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
POLICIES, WHOLE = ROOT / "policies", HERE / "whole"
SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (POLICIES / ".schemas").glob("*.json")}
PROGRAM = Path(os.environ.get("VOC_BIN", ROOT / ".build/debug")).resolve() / "vocvault"
GONE = object()
# What some pattern refuses: each is tried on every member that has a pattern.
TEXTS = ["", " ", "Xyzzy!", "a" * 65, "http://x", "0d", "-1d", "1w", "1.5d", "100001d", "36501d", "1096d", "37m", "4y", "8:5", "9:30", "24:01", "24:00", "1990-13-01", "1990-01-32"]
# What the reader says about one value by itself.
ABOUT_VALUE = re.compile(
    r"must be one of|must be between|must be (a whole number|a number|at most|a day|a command|text|\"HH:MM|'record')|must have|must come from|may have only lower-case"
    r"|(generalize|replace) must be|lacks '|is empty|would never apply")
# What a schema says about several members together, broken: text of a file that comes with the vault, and what takes its place.
RULES = [
    ("roles.yaml", "contribution: 5, ", ""),
    ("roles.yaml", "noise: laplace, ", "noise: laplace, extremes: true, "),
    ("roles.yaml", "        page: 0\n        minimum_group: 10\n        disclosure: {n", "        minimum_group: 10\n        disclosure: {n"),
    ("roles.yaml", "        page: 0\n        minimum_group: 10\n        disclosure: {n", "        page: 5\n        minimum_group: 10\n        disclosure: {n"),
    ("schema.yaml", "index: true, resolve: 1", "resolve: 1"),
    ("schema.yaml", "index: true, resolve: 1", "index: false, resolve: 1"),
    ("schema.yaml", "attributes.kind, class: plain", "attributes.kind, class: plain, index: true"),
    ("schema.yaml", "attributes.kind, class: plain", "attributes.kind, class: plain, generalize: year"),
    ("schema.yaml", "attributes.kind, class: plain", "attributes.kind, class: plain, mask: {keep_last: 1}"),
    ("schema.yaml", "attributes.kind, class: plain", "attributes.kind, class: plain, approval: 2"),
    ("schema.yaml", "type: date, ", ""),
    ("schema.yaml", "path: attributes.kind", "path: text"),
    ("schema.yaml", "  gender: ", "  channel: "),
    ("schema.yaml", "  gender: ", "  Gender: "),
    ("schema.yaml", "{working_days: 15}", "{working_days: 15, days: 30}"),
    ("alerts.yaml", "dormant: {days: 60}", "dormant: {days: 60}, out_of_hours: true"),
    ("alerts.yaml", ", dormant: {days: 60}", ""),
    ("alerts.yaml", "drop: rating", "drop: rating, rise: rating"),
    ("alerts.yaml", "drop: rating, ", ""),
]


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: neither a day nor 08:00 nor yes is anything but text."""

    yaml_implicit_resolvers = {}


for _tag, _pattern, _first in [
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]), ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")), ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Core.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def load(text):
    return yaml.load(text, Core)


def stem(name):
    """The schema of a file of a policy folder, by its path there."""
    return "tests" if name.startswith("tests/") else name.removesuffix(".yaml")


def folder_of(path):
    """The files of a policy folder: text by name."""
    return {str(file.relative_to(path)): file.read_text(encoding="utf-8") for file in sorted(path.rglob("*.yaml"))}


VALIDATORS = {
    name: jsonschema_rs.Draft7Validator(schema, base_uri="policy:///", retriever=lambda uri: SCHEMAS[Path(uri).stem])
    for name, schema in SCHEMAS.items()
}


def refusal(name, text):
    """What the file's schema has against it; nil: nothing."""
    try:
        errors = list(VALIDATORS[stem(name)].iter_errors(load(text)))
    # A key that YAML takes for a number is no member of any schema.
    except (yaml.YAMLError, ValueError) as error:
        return str(error)
    return "; ".join(f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in errors) or None


def reading(files):
    """Whether the reader accepts the files, and what it prints."""
    with tempfile.TemporaryDirectory(prefix="policy-schemas-") as scratch:
        for name, text in files.items():
            path = Path(scratch, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        environment = {**os.environ, "VOCVAULT_POLICIES": scratch, "VOCVAULT_HOME": "/nonexistent"}
        done = subprocess.run([PROGRAM, "policy", "check"], env=environment, capture_output=True, text=True, timeout=120)
        if done.returncode not in (0, 2):
            raise SystemExit(f"vocvault policy check ended with {done.returncode}: {done.stderr}")
        return done.returncode == 0, (done.stdout + done.stderr).replace("vocvault: ", "").replace(scratch + "/", "")


class Member:
    """A schema with what it refers to, for one value."""

    def __init__(self, schema, file, value):
        self.schema, self.value = schema, value
        self.parts = list(self._parts(schema, file))

    def _parts(self, schema, file):
        if "$ref" in schema:
            target, _, pointer = schema["$ref"].partition("#/")
            file = Path(target).stem or file
            found = SCHEMAS[file]
            for key in pointer.split("/"):
                found = found[key]
            yield from self._parts(found, file)
            return
        yield schema, file
        for part in schema.get("allOf", []):
            if "if" not in part:
                yield from self._parts(part, file)
        for part in schema.get("anyOf", []):
            if self._kind in self._kinds(part, file):
                yield from self._parts(part, file)

    @property
    def _kind(self):
        return {dict: "object", list: "array"}.get(type(self.value), "string")

    @staticmethod
    def _kinds(part, file):
        """What one of several forms can be."""
        if "$ref" in part:
            target, _, pointer = part["$ref"].partition("#/")
            part = SCHEMAS[Path(target).stem or file]
            for key in pointer.split("/"):
                part = part[key]
        kinds = part.get("type") or ("string" if "enum" in part or "const" in part else [])
        return [kinds] if isinstance(kinds, str) else kinds

    @property
    def has_forms(self):
        """Whether it can be of several forms."""
        return any("anyOf" in part for part, _ in self.parts)

    def members(self):
        """The members of the value, each with where it stands in it."""
        for part, file in self.parts:
            if isinstance(self.value, dict):
                for key, value in self.value.items():
                    patterns = part.get("patternProperties", {})
                    schema = part.get("properties", {}).get(key) or next((patterns[p] for p in patterns if re.search(p, key)), None) or part.get("additionalProperties")
                    if schema:
                        yield key, Member(schema, file, value)
            elif isinstance(self.value, list) and "items" in part:
                for index, value in enumerate(self.value):
                    yield index, Member(part["items"], file, value)

    def wrong(self):
        """Values that the schema rules out."""
        for part, _ in self.parts:
            kinds = part.get("type", [])
            kinds = [kinds] if isinstance(kinds, str) else kinds
            is_word = "enum" in part or "const" in part
            if (kinds or is_word) and not self.has_forms:
                yield {} if "array" in kinds else []
            if kinds and not {"string", "null"} & set(kinds) and not self.takes_text or is_word:
                yield "xyzzy"
            if self.probe == "generalize":
                yield self.probe
            yield from [part[bound] + step for bound, step in (("minimum", -1), ("maximum", 1)) if bound in part]
            if "pattern" in part:
                yield from [text for text in TEXTS if not re.search(part["pattern"], text)]
            if "minItems" in part:
                yield []
            if isinstance(self.value, dict):
                if part.get("additionalProperties") is False:
                    yield {**self.value, "xyzzy": 1}
                if "minProperties" in part:
                    yield {}
                yield from [without(self.value, key) for key in part.get("required", []) if key in self.value]
                if "propertyNames" in part and "not" not in part["propertyNames"] and self.value:
                    yield {"Xyzzy!": next(iter(self.value.values()))}

    @property
    def takes_text(self):
        """Whether one of its forms is any text."""
        return any("string" in self._kinds(form, file) and "enum" not in form for part, file in self.parts for form in part.get("anyOf", []))

    def right(self):
        """Values that the schema allows."""
        for part, _ in self.parts:
            yield from [part[bound] for bound in ("minimum", "maximum") if bound in part]
            if part.get("type") == "number":
                yield part["minimum"] + 0.5
            # Names are many and go by one pattern.
            if "pattern" in part and part["pattern"] != r"\S":
                yield from [text for text in TEXTS if re.search(part["pattern"], text)]
            if part.get("type") == "array" and "minItems" not in part:
                yield []
            if self.has_forms:
                yield from part.get("enum", [])
            if isinstance(self.value, dict) and "properties" in part:
                yield {key: value for key, value in self.value.items() if key in part.get("required", [])}

    @property
    def words(self):
        """The list that the value must be of, where it is one word of one list alone."""
        lists = [part["enum"] for part, _ in self.parts if "enum" in part]
        return lists[0] if len(lists) == 1 and not self.has_forms else None

    @property
    def probe(self):
        """A word upon which the reader prints that list: of some fields' treatments, one that is a treatment but not of theirs."""
        return "generalize" if self.words and "deny" in self.words and "generalize" not in self.words else "xyzzy"


def without(mapping, key):
    return {name: value for name, value in mapping.items() if name != key}


def replaced(document, path, value):
    """A copy of the document with another value at a place."""
    if not path:
        return value
    key, *rest = path
    copy = list(document) if isinstance(document, list) else dict(document)
    copy[key] = replaced(document[key], rest, value)
    return copy


def every(member, path=()):
    yield path, member
    for key, inner in member.members():
        yield from every(inner, (*path, key))


class Edit:
    """A change of one file of a folder, and what it shows."""

    def __init__(self, files, name, text, label, is_wrong=False, is_right=False, words=None):
        self.files, self.name, self.label = {**files, name: text}, name, f"{name}: {label}"
        self.is_wrong, self.is_right, self.words = is_wrong, is_right, words

    def problems(self):
        refused = refusal(self.name, self.files[self.name])
        accepted, printed = reading(self.files)
        if refused and accepted:
            yield f"{self.label}: the schema refuses what the reader accepts: {refused}"
        if self.is_wrong and not refused:
            yield f"{self.label}: the schema accepts it"
        if self.is_wrong and accepted:
            yield f"{self.label}: the reader accepts it"
        if self.is_right and not refused and (said := next((line for line in printed.splitlines() if line.startswith(self.name) and ABOUT_VALUE.search(line)), None)):
            yield f"{self.label}: the reader refuses it: {said}"
        listed = re.search(r"(?:must be one of|is not a day; write|; the schema allows) (.+?)(?:, not '.*)?$", printed, re.M)
        if self.words and (listed is None or set(listed[1].split(", ")) != set(self.words)):
            yield f"{self.label}: the schema has {', '.join(self.words)}; the reader says: {printed.strip()}"


def edits_of_members(unseen):
    """Each member of the folders made wrong, and made as extreme as it may be; takes the schemas that are met out of `unseen`."""
    tried = set()
    for files in (folder_of(WHOLE), folder_of(POLICIES)):
        for name, text in files.items():
            document = load(text)
            for path, member in every(Member(SCHEMAS[stem(name)], stem(name), document)):
                unseen.pop(id(member.schema), None)
                for values, is_wrong in ((member.wrong(), True), (member.right(), False)):
                    for value in values:
                        # Of a mapping counts what was done to it, not what else is in it.
                        done = sorted(set(value) ^ set(member.value)) if isinstance(value, dict) and value and isinstance(member.value, dict) else value
                        key = (id(member.schema), is_wrong, json.dumps(done))
                        if key in tried:
                            continue
                        tried.add(key)
                        label = f"{'.'.join(map(str, path)) or 'the file'} as {json.dumps(value, ensure_ascii=False)[:80]}"
                        edited = json.dumps(replaced(document, path, value), ensure_ascii=False)
                        yield Edit(files, name, edited, label, is_wrong, not is_wrong, member.words if value == member.probe else None)


def described(schema, file, place=""):
    """The schemas of all members, by identity, with their places."""
    found = {}
    for key, inner in [*schema.get("properties", {}).items(), *schema.get("patternProperties", {}).items()]:
        found[id(inner)] = f"{file}.json: {place}{key}"
        found |= described(inner, file, f"{place}{key}.")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found |= described(schema[key], file, place)
    for inner in schema.get("anyOf", []):
        found |= described(inner, file, place)
    for name, inner in schema.get("definitions", {}).items():
        found |= described(inner, file, f"{name}.")
    return found


def edits_of_tests():
    """The edits that Tests/PolicyTests tries on the policies that come with the vault."""
    text = r'"((?:[^"\\]|\\.)*)"'
    files = folder_of(POLICIES)
    for path in sorted((ROOT / "Tests/PolicyTests").glob("*.swift")):
        for name, old, new in re.findall(rf'\(\s*"([\w/]+\.yaml)",\s*{text},\s*{text},', path.read_text(encoding="utf-8")):
            old, new = json.loads(f'"{old}"'), json.loads(f'"{new}"')
            yield Edit(files, name, files[name].replace(old, new, 1), f"{old!r} → {new!r}")


def edits_of_rules():
    files = folder_of(POLICIES)
    for name, old, new in RULES:
        if old not in files[name]:
            raise SystemExit(f"{name} has no {old!r} any more")
        yield Edit(files, name, files[name].replace(old, new, 1), f"{old!r} → {new!r}", is_wrong=True)


def main():
    parser = argparse.ArgumentParser(description="Holds the schemas of policy files against 'vocvault policy check'.")
    parser.add_argument("--every", type=int, default=1, help="only each so-many-th edit: a sample (default: all)")
    every = parser.parse_args().every
    if not PROGRAM.exists():
        raise SystemExit(f"there is no {PROGRAM}: build it, or say where it is with VOC_BIN")
    problems = []
    for name, schema in SCHEMAS.items():
        jsonschema_rs.meta.validate(schema)
    folders = [POLICIES, WHOLE, *sorted(ROOT.glob("Tests/Compatibility/format*/policies"))]
    for path in folders:
        files = folder_of(path)
        problems += [f"{path.relative_to(ROOT)}/{name}: {said}" for name, text in files.items() if (said := refusal(name, text))]
        accepted, printed = reading(files)
        if not accepted:
            problems.append(f"{path.relative_to(ROOT)}: {printed}")
    unseen = {}
    for name, schema in SCHEMAS.items():
        unseen |= described(schema, name)
    members = list(edits_of_members(unseen))
    problems += [f"{place} is in none of the files: add it to Tests/PolicySchemas/whole" for place in unseen.values()]
    tests, rules = list(edits_of_tests()), list(edits_of_rules())
    if len(tests) < 100:
        problems.append(f"only {len(tests)} edits were found in Tests/PolicyTests")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda edit: list(edit.problems()), (members + tests + rules)[::every]):
            problems += found
    print("\n".join(problems))
    print(f"{len(folders)} folders, {len(members)} edits of members, {len(tests)} of the tests, {len(rules)} of rules, {'all tried' if every == 1 else f'one in {every} tried'}: {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
