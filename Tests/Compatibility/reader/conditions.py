"""Persisted conditions (docs/FORMATS.md, "Conditions"), read into nested lists and written again."""
import datetime
import decimal
import math
import re

from sealed import Damaged, require
from values import WHITE_SPACE, extends

_SYMBOLS = ("<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", ",")


class Time(int):
    """Milliseconds since 1970."""


def _extends(text, index):
    """Whether the character at an index belongs to the one before."""
    return index < len(text) and extends(text[index])


def _tokens(text):
    index, tokens = 0, []
    while index < len(text):
        character = text[index]
        if character in WHITE_SPACE:
            index += 1
        elif character in "'\"":
            content, index = "", index + 1
            while True:
                require(index < len(text), "a condition whose quoted text does not end")
                if text[index] != character or _extends(text, index + 1):
                    content, index = content + text[index], index + 1
                elif text[index + 1 : index + 2] == character and not _extends(text, index + 2):
                    content, index = content + character, index + 2
                else:
                    index += 1
                    break
            tokens.append(("value", content))
        elif match := re.compile(r"-?[0-9][0-9+\-.:TZtzeE]*").match(text, index):
            tokens.append(("value", _number(match[0])))
            index = match.end()
        elif character.isalpha() or character == "_":
            end = index
            while end < len(text) and (text[end].isalnum() or text[end] in "_." or _extends(text, end)):
                end += 1
            word, index = text[index:end], end
            tokens.append(("value", word.lower() == "true") if word.lower() in ("true", "false") else ("word", word))
        else:
            symbol = next((s for s in _SYMBOLS if text.startswith(s, index)), None)
            require(symbol, "a condition with an unexpected character")
            tokens.append(("symbol", symbol))
            index += len(symbol)
    return tokens + [("end", None)]


def _number(word):
    if re.fullmatch(r"-?[0-9]+", word):
        require(-(1 << 63) <= int(word) < 1 << 63, "a number that does not fit into 64 bits")
        return int(word)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*", word):
        return read_time(word)
    try:
        number = float(word)
    except ValueError:
        raise Damaged("a condition with something that is no number") from None
    require(math.isfinite(number), "a condition with a number that is too great")
    return number


def read_time(word):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[Tt](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:?\d\d)?)?", word)
    require(match, "something that is no time")
    date, clock, second, fraction, zone = match.groups()
    try:
        moment = datetime.datetime.fromisoformat(f"{date}T{clock or '00:00'}:00+00:00") - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Damaged("a time that there is not") from None
    milliseconds = moment // datetime.timedelta(milliseconds=1) + int(second or 0) * 1000 + int(((fraction or "") + "000")[:3])
    if zone and zone not in "Zz":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        milliseconds -= (minutes if zone[0] == "+" else -minutes) * 60_000
    return Time(milliseconds)


def write_time(milliseconds):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + (f".{milliseconds % 1000:03}Z" if milliseconds % 1000 else "Z")


class _Parser:
    def __init__(self, text):
        self.tokens, self.position = _tokens(text), 0

    def take(self, kind, *texts):
        found, value = self.tokens[self.position]
        if found != kind or texts and (value.lower() if kind == "word" else value) not in texts:
            return None
        self.position += 1
        return value if value is not None else True

    def value(self):
        kind, value = self.tokens[self.position]
        require(kind == "value", "a condition that lacks a value")
        self.position += 1
        return value

    def chain(self, word, part):
        parts = [part()]
        while self.take("word", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else [word, *parts]

    def any(self):
        return self.chain("or", lambda: self.chain("and", self.negation))

    def negation(self):
        if self.take("word", "not"):
            return ["not", self.negation()]
        if self.take("symbol", "("):
            inner = self.any()
            require(self.take("symbol", ")"), "a condition without its parenthesis")
            return inner
        return self.comparison()

    def comparison(self):
        field = self.take("word")
        require(field, "a condition that lacks a field")
        if self.take("word", "is"):
            negated = self.take("word", "not")
            require(self.take("word", "null"), "a condition that lacks null")
            return ["not", ["null", field]] if negated else ["null", field]
        if self.take("word", "contains"):
            words = self.value()
            require(isinstance(words, str) and words, "a condition that lacks the words")
            return ["contains", field, words]
        if self.take("word", "between"):
            low = self.value()
            require(self.take("word", "and"), "a condition that lacks and")
            return ["and", [">=", field, low], ["<=", field, self.value()]]
        negated = self.take("word", "not")
        if self.take("word", "in"):
            require(self.take("symbol", "("), "a condition that lacks a list")
            values = [self.value()]
            while self.take("symbol", ","):
                values.append(self.value())
            require(self.take("symbol", ")"), "a list that does not end")
            return ["not", ["in", field, values]] if negated else ["in", field, values]
        symbol = self.take("symbol", "=", "!=", "<>", "<", "<=", ">", ">=")
        require(symbol and not negated, "a condition that lacks a comparison")
        return ["!=" if symbol == "<>" else symbol, field, self.value()]


def read(text):
    parser = _Parser(text)
    condition = parser.any()
    require(parser.take("end"), "a condition with more than it should have")
    require(depth(condition) <= 50, "a condition that is nested too deeply")
    return condition


def depth(condition):
    return 1 + max(map(depth, condition[1:])) if condition[0] in ("and", "or", "not") else 0


def write(condition):
    kind, *rest = condition
    if kind in ("and", "or"):
        return "(" + f" {kind} ".join(map(write, rest)) + ")"
    if kind == "not":
        return f"not ({write(rest[0])})"
    if kind == "null":
        return f"{rest[0]} is null"
    if kind == "in":
        return f"{rest[0]} in ({', '.join(map(_literal, rest[1]))})"
    return f"{rest[0]} {kind} {_literal(rest[1])}"


def _literal(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Time):
        return write_time(value)
    if isinstance(value, str):
        doubled = "".join("''" if c == "'" and not _extends(value, i + 1) else c for i, c in enumerate(value))
        return f"'{doubled}'"
    return write_decimal(value) if isinstance(value, float) else str(value)


def write_decimal(value):
    """The shortest digits; with an exponent below 0.0001 and above 2^53."""
    sign, digits, _ = decimal.Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, digits)).lstrip("0").rstrip("0") or "0"
    exponent = decimal.Decimal(repr(value)).adjusted() if value else 0
    if exponent < -4 or abs(value) > 1 << 53:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{exponent:+03}"
    elif exponent < 0:
        text = "0." + "0" * (-exponent - 1) + digits
    else:
        text = digits[: exponent + 1].ljust(exponent + 1, "0") + "." + (digits[exponent + 1 :] or "0")
    return "-" * sign + text
