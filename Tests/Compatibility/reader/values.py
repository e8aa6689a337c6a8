"""What values become: normal forms, tags, pseudonyms, tokens (docs/FORMATS.md, "Blind index" to "Tokens", and "Tombstones")."""
import re
import struct
import unicodedata

import crypto
from sealed import Damaged, u32, u64

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS = {"s_": 0x7375626A65637400, "r_": 0x7265636F72640000}


# Unicode's White_Space; Python's isspace() has four separators of files more.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def extends(character):
    """Whether a character belongs to the one before (UAX 29, as far as unicodedata knows)."""
    return unicodedata.category(character)[0] == "M" or character in "\u200c\u200d\uff9e\uff9f" or "\U0001f3fb" <= character <= "\U0001f3ff"


def clusters(text):
    """The characters of a text, each an extended grapheme cluster."""
    found = []
    for character in text:
        if found and extends(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def record_id(key, source, identifier):
    return crypto.hmac128(key, u32(len(source)) + source + identifier)


def _phone(text):
    signs = [c for c in text if c == "+" or c in "0123456789"]
    digits = "".join(c for c in signs if c != "+")
    international = signs[:1] == ["+"]
    if not international and digits.startswith("00"):
        digits, international = digits[2:], True
    if not digits:
        return ""
    if international or (len(digits) == 13 and digits.startswith("861")):
        return "+" + digits
    if len(digits) == 11 and digits[0] == "1":
        return "+86" + digits
    if len(digits) >= 10 and digits[0] == "0":
        return "+86" + digits[1:]
    return digits


def normal_form(kind, value):
    """The one spelling of a value."""
    if value.isascii():
        if kind == "phone":
            return _phone(value)
        if kind in ("email", "name"):
            return "".join(c for c in value if c > " ").lower()
        if kind == "id":
            return "".join(c for c in value if c.isalnum()).upper()
        return value.strip("".join(map(chr, range(0x21))))
    if kind == "none":
        return value.strip(WHITE_SPACE + "\u200b")
    value = unicodedata.normalize("NFKC", value)
    if kind == "phone":
        return _phone(value)
    if kind == "id":
        return "".join(c for c in clusters(value.upper()) if c[0].isalpha() or unicodedata.numeric(c[0], None) is not None)
    # One character at a time: a sigma at a word's end is one like others.
    lower = "".join(map(str.lower, value))
    return "".join(c for c in clusters(lower) if c[0] not in WHITE_SPACE and not (kind == "name" and c == "·"))


def indexed_form(kind, value):
    """The spelling under which a value is indexed: as the normal form has it, without what a spreadsheet added to a phone number."""
    return normal_form(kind, re.sub(r"\A([0-9+ ]+)\.0+\Z", r"\1", value) if kind == "phone" else value)



def second_form(normalize, value):
    """The handle of a value in the second form, as far as golden vaults have them: single ones, phones with a country code or mobiles of the mainland."""
    value = value.strip()
    if normalize == "id":
        return value.upper()
    return indexed_form("id" if normalize == "document" else normalize, value)

def index_entries(data):
    """The entries of subject.entries: (field, tag)."""
    if len(data) % 18:
        raise Damaged("index entries of a customer: wrong length")
    return [(struct.unpack_from(">H", data, start)[0], data[start + 2 : start + 18]) for start in range(0, len(data), 18)]


def base32(data):
    number = int.from_bytes(data, "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(26)))


def read_base32(text):
    text = text.upper().translate(str.maketrans("OIL", "011"))
    if len(text) != 26 or text[0] > "7" or any(c not in ALPHABET for c in text):
        raise Damaged("no 26 digits of base 32")
    number = 0
    for digit in text:
        number = number << 5 | ALPHABET.index(digit)
    return number.to_bytes(16, "big")


def pseudonym(key, prefix, number):
    return prefix + base32(crypto.aes_block(key, u64(KINDS[prefix]) + u64(number)))


def number_behind(keys, text):
    """The number of a customer or record, under any of some keys."""
    prefix = text[:2]
    if prefix not in KINDS:
        raise Damaged("no pseudonym")
    for key in keys:
        kind, number = struct.unpack(">Qq", crypto.aes_block(key, read_base32(text[2:]), decrypt=True))
        if kind == KINDS[prefix]:
            return number
    raise Damaged("a pseudonym of another purpose, kind or vault")


def value_pseudonym(key, field, normal):
    return "v_" + base32(crypto.hmac128(key, f"{field}\n{normal}".encode()))


def record_tombstone(key, uid):
    return crypto.hmac128(key, b"record\0" + uid)


def identifier_tombstone(key, field, indexed):
    """indexed: the identifier's indexed form."""
    return crypto.hmac128(key, f"identifier {field}\0{indexed}".encode())
