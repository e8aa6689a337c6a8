"""Reduces the metadata of libphonenumber to the table that the vault reads phone numbers by.

    pip install phonenumbers==9.0.43
    python3 Tools/PhoneData > Sources/CPhoneData/data/phones.bin

The package `phonenumbers` (Apache-2.0) has the metadata of libphonenumber as Python. What is taken of each region: its country code,
what is dialled before an international and before a national number, the lengths that mobiles have, and the patterns of all its
numbers, of those that one person has (mobiles, personal numbers, pagers, voice over IP), and of its fixed lines. A pattern accepts a finite set of strings of digits, so that it is an automaton without
loops; those of all regions share their states, and equal states are one.

What is left out: formats, numbers of services (toll-free, premium …), numbers without a country, carriers, and the rules by which some
regions insert digits (an area code of the Caribbean, the 9 of Argentina's mobiles): where a region has such a rule, only its national
prefix is removed.

The table, numbers big-endian:

    u16   regions
    u16   states
    for each region, in the order of its name:
        2     its name, ISO 3166
        u16   country code
        u8    1: the main region of its country code
        u32   bit n: mobiles have n digits, without the national prefix; 0: there are none
        5 u16 states in which these begin, 65535: none: international prefix, national prefix, every number, personal ones, fixed lines
    for each state:
        u8    1: what was read so far is accepted
        10 u16  the next state by digit, 65535: none
"""

import re
import struct
import sys

import phonenumbers
from phonenumbers import PhoneMetadata

NONE = 65535
parser = re._parser if hasattr(re, "_parser") else __import__("sre_parse")


class Automaton:
    """States of all patterns; equal states are one."""

    def __init__(self):
        self.numbers = {}
        self.rows = []

    def state(self, accepts, targets):
        key = (accepts, targets)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            self.rows.append(key)
        return self.numbers[key]

    def begin(self, pattern):
        """The state in which a pattern begins."""
        edges, free = {}, [0]

        def new():
            free[0] += 1
            return free[0]

        def link(a, digits, b):
            edges.setdefault(a, []).append((digits, b))

        def build(nodes, a):
            for op, value in nodes:
                name = str(op)
                if name == "LITERAL":
                    b = new()
                    link(a, chr(value), b)
                    a = b
                elif name == "IN":
                    digits = ""
                    for kind, what in value:
                        if str(kind) == "LITERAL":
                            digits += chr(what)
                        elif str(kind) == "RANGE":
                            digits += "".join(map(chr, range(what[0], what[1] + 1)))
                        elif str(kind) == "CATEGORY" and str(what) == "CATEGORY_DIGIT":
                            digits += "0123456789"
                        else:
                            raise ValueError(f"{kind} {what}")
                    b = new()
                    link(a, digits, b)
                    a = b
                elif name == "BRANCH":
                    b = new()
                    for branch in value[1]:
                        link(build(branch, a), "", b)
                    a = b
                elif name == "SUBPATTERN":
                    a = build(value[3], a)
                elif name == "MAX_REPEAT":
                    least, most, body = value
                    for _ in range(least):
                        a = build(body, a)
                    ends = [a]
                    for _ in range(most - least):
                        a = build(body, a)
                        ends.append(a)
                    b = new()
                    for end in ends:
                        link(end, "", b)
                    a = b
                else:
                    raise ValueError(f"{op}")
            return a

        last = build(parser.parse(pattern), 0)
        known = {}

        def closure(states):
            states = set(states)
            todo = list(states)
            while todo:
                for digits, b in edges.get(todo.pop(), []):
                    if digits == "" and b not in states:
                        states.add(b)
                        todo.append(b)
            return frozenset(states)

        def number(states):
            if states not in known:
                targets = []
                for digit in "0123456789":
                    after = closure(b for a in states for digits, b in edges.get(a, []) if digit in digits)
                    targets.append(number(after) if after else NONE)
                known[states] = self.state(last in states, tuple(targets))
            return known[states]

        return number(closure([0]))


def main():
    sys.setrecursionlimit(10_000)
    automaton = Automaton()
    begin = lambda pattern: automaton.begin(pattern) if pattern else NONE
    regions = []
    for name in sorted(phonenumbers.SUPPORTED_REGIONS):
        data = PhoneMetadata.metadata_for_region(name)
        prefix = data.national_prefix if data.national_prefix_transform_rule else data.national_prefix_for_parsing
        described = lambda *kinds: "|".join(
            getattr(data, kind).national_number_pattern for kind in kinds if getattr(data, kind) and getattr(data, kind).national_number_pattern)
        mobile = data.mobile if data.mobile and data.mobile.national_number_pattern else None
        lengths = sum(1 << length for length in (mobile.possible_length or data.general_desc.possible_length) if length > 0) if mobile else 0
        is_main = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[data.country_code][0] == name
        starts = [data.international_prefix, prefix, described("general_desc"), described("mobile", "personal_number", "pager", "voip"), described("fixed_line")]
        regions.append(
            name.encode() + struct.pack(">HBI5H", data.country_code, is_main, lengths, *map(begin, starts)))
    assert len(automaton.rows) < NONE
    out = struct.pack(">HH", len(regions), len(automaton.rows)) + b"".join(regions)
    for accepts, targets in automaton.rows:
        out += struct.pack(">B10H", accepts, *targets)
    sys.stdout.buffer.write(out)


main()
