"""Searches every byte of files for what must lie nowhere readable."""

import base64
import mmap
import os
import re

from ledger import CANARIES


def encodings(text):
    """A text as it could stand somewhere: in any case of letters, in UTF-16, hexadecimal or Base64."""
    for spelling in {text, text.upper(), text.capitalize()}:
        raw = spelling.encode()
        yield from (raw, raw.hex().encode(), raw.hex().upper().encode())
        wide = spelling.encode("utf-16-le")
        # Shorter ones stand in ciphertext by chance: four bytes once in every 4 GiB that are searched.
        if len(wide) >= 6:
            yield wide
        for shift in range(3):
            # What does not depend on the bytes before and after.
            whole = base64.b64encode(b"\0" * shift + raw + b"\0" * 3).decode()
            begin = -(-shift * 8 // 6)
            part = whole[begin:(shift + len(raw)) * 8 // 6]
            if len(part) >= 8:
                yield part.encode()


TOKEN = b"vvt_"
WHOLE_TOKEN = re.compile(rb"vvt_[A-Za-z0-9_-]{8}")
PLAIN = sorted({spelling.encode() for text in CANARIES for spelling in (text, text.upper(), text.capitalize())})
ALL = sorted({needle for text in CANARIES for needle in encodings(text)} | {TOKEN})


def search(paths, needles=PLAIN):
    """(path, needle, what stands around it) for each file that holds one."""
    for path in paths:
        try:
            with open(path, "rb") as file:
                if os.fstat(file.fileno()).st_size == 0:
                    continue
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bytes:
                    for needle in needles:
                        at = bytes.find(needle)
                        if at >= 0 and needle == TOKEN:
                            whole = WHOLE_TOKEN.search(bytes)
                            at = whole.start() if whole else -1
                        if at >= 0:
                            yield path, needle, bytes[max(0, at - 80):at + 60]
                            break
        except (FileNotFoundError, ValueError, PermissionError, IsADirectoryError):
            continue


def member(around):
    """The member of an entry of the log in which something stands, where it is one."""
    names = re.findall(rb'"(\w+)":"[^"]*$', around[:80])
    return names[-1].decode() if names else ""
