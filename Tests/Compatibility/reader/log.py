"""The audit log: entries, tree, notes, published files, proofs (docs/FORMATS.md, "Audit log")."""
import base64
import json
import os
import struct

import conditions
import crypto
from sealed import Damaged, read_base64, require

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def canonical(value):
    """Canonical JSON of strings, integers, lists and objects."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    require(isinstance(value, int) and not isinstance(value, bool), "an entry with a value of another kind")
    return str(value)


_STRINGS = {"time", "principal", "role", "purpose", "action", "outcome", "rule", "request", "software"}
_OPTIONAL = {"clock", "doubted", "policy", "target", "reason", "client", "state", "token"}


def entry(data, number=None):
    """An entry's members; the bytes must be their canonical form."""
    what = "an entry" if number is None else f"entry {number}"
    try:
        members = json.loads(data)
        require(canonical(members).encode() == data, f"{what} is not in canonical form")
    except ValueError:
        raise Damaged(f"{what} is no JSON") from None
    strings = {name for name, value in members.items() if isinstance(value, str)}
    require(
        members.get("v") == 1 and strings >= _STRINGS and strings <= _STRINGS | _OPTIONAL
        and set(members) - strings == {"v", "seq", "rows", "fields", "detail"}
        and all(isinstance(value, str) for value in [*members["fields"], *members["detail"].values()])
        and members["outcome"] in ("allowed", "denied", "failed") and len(data) <= 65535,
        f"{what} has not the members that it must have")
    require(number is None or members["seq"] == number, f"{what} has another number")
    for name in strings & {"time", "clock", "doubted"}:
        require(conditions.write_time(conditions.read_time(members[name])) == members[name], f"{what} has a time in another form")
    return members


# The tree of RFC 9162, section 2.1.


def is_removed(data):
    """Whether only the hash is left of an entry."""
    return len(data) == 33 and data[0] == 0


def leaf(data):
    return data[1:] if is_removed(data) else crypto.sha256(b"\0", data)


def node(left, right):
    return crypto.sha256(b"\1", left, right)


class Tree:
    def __init__(self):
        self.size, self.frontier = 0, []

    def append(self, hash):
        rest = self.size
        while rest & 1:
            hash, rest = node(self.frontier.pop(), hash), rest >> 1
        self.frontier.append(hash)
        self.size += 1

    def root(self):
        if not self.frontier:
            return crypto.sha256()
        hash = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            hash = node(left, hash)
        return hash


def tree_of(size, frontier):
    require(len(frontier) == 32 * bin(size).count("1"), "a frontier that does not fit its size")
    tree = Tree()
    tree.size, tree.frontier = size, [frontier[at : at + 32] for at in range(0, len(frontier), 32)]
    return tree


def inclusion_root(hash, index, size, path):
    """The root to which a path leads (RFC 9162, section 2.1.3.2)."""
    require(0 <= index < size, "a proof for an entry beyond the tree")
    first, last = index, size - 1
    for sibling in path:
        require(last > 0, "a proof that is too long")
        if first & 1 or first == last:
            hash = node(sibling, hash)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            hash = node(hash, sibling)
        first, last = first >> 1, last >> 1
    require(last == 0, "a proof that is too short")
    return hash


def consistent(old, old_root, size, root, path):
    """RFC 9162, section 2.1.4.2."""
    if old == size:
        return not path and old_root == root
    if old == 0:
        return not path
    path = list(path)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not 0 < old < size or not path:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_hash = hash = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_hash, hash = node(sibling, old_hash), node(sibling, hash)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            hash = node(hash, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old_hash == old_root and hash == root


# Signed notes.


def key_id(name, public, algorithm=1):
    return crypto.sha256(name.encode(), bytes([10, algorithm]), public)[:4]


def verifier_key(name, public):
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(bytes([1]) + public).decode()}"


def read_verifier_key(text):
    require(text.count("+") >= 2, "no verifier key")
    name, _, key = text.split("+", 2)
    key = read_base64(key)
    require(len(key) == 33 and key[0] == 1 and verifier_key(name, key[1:]) == text, "no verifier key")
    return name, key[1:]


def _number(text):
    require(text.isascii() and text.isdigit() and str(int(text)) == text, "something that is no number")
    return int(text)


def split_note(note):
    """The signed text and the lines of signatures."""
    text, blank, signatures = note.partition("\n\n")
    require(blank and signatures.endswith("\n"), "a note without signatures")
    return text + "\n", signatures.split("\n")[:-1]


def note_text(note, name, publics):
    """The text of a note that one of these keys has signed."""
    text, lines = split_note(note)
    for line in lines:
        if not line.startswith(f"\u2014 {name} "):
            continue
        data = read_base64(line[len(name) + 3 :])
        for public in publics:
            if len(data) == 68 and data[:4] == key_id(name, public) and crypto.ed25519_verifies(public, text.encode(), data[4:]):
                return text
    raise Damaged("a note whose signature does not hold")


class Checkpoint:
    def __init__(self, text):
        self.origin, size, root, *self.extensions = text.split("\n")[:-1] if text.count("\n") >= 3 else ("", "", "")
        self.size, self.root = _number(size), read_base64(root)
        require(len(self.root) == 32, "a checkpoint without a root")


def checkpoint(note, keys, origin):
    """A checkpoint, signed by one of (public key, last size or None)."""
    for public, last in keys:
        try:
            found = Checkpoint(note_text(note, origin, [public]))
        except Damaged:
            continue
        if found.origin == origin and (last is None or found.size <= last):
            return found
    raise Damaged("a checkpoint whose signature does not hold")


def cosigned(note, name, public):
    """The time, in seconds since 1970, at which a witness has signed a note."""
    text, lines = split_note(note)
    for line in lines:
        if line.startswith(f"\u2014 {name} "):
            data = read_base64(line[len(name) + 3 :])
            if len(data) == 76 and data[:4] == key_id(name, public, 4):
                (time,) = struct.unpack(">Q", data[4:12])
                require(crypto.ed25519_verifies(public, f"cosignature/v1\ntime {time}\n{text}".encode(), data[12:]), "a cosignature that does not hold")
                return time
    raise Damaged("a note without this witness")


# Published files.


def tile_path(kind, index, width=256):
    groups = [f"{index % 1000:03}"]
    index //= 1000
    while index:
        groups.insert(0, f"x{index % 1000:03}")
        index //= 1000
    return f"tile/{kind}/" + "/".join(groups) + ("" if width == 256 else f".p/{width}")


def _tile(folder, kind, index, total):
    """(entries or hashes, width) of a tile and of those that were published when it was less full."""
    found = {}
    for width in range(1, 257):
        path = os.path.join(folder, tile_path(kind, index, width))
        if os.path.exists(path):
            with open(path, "rb") as file:
                found[width] = file.read()
    last = min(256, total - 256 * index)
    require(last in found or 256 in found, f"the published {tile_path(kind, index, last)} is missing")
    return found.items()


def bundle(data):
    """The entries of a file of entries."""
    entries, index = [], 0
    while index < len(data):
        require(index + 2 <= len(data), "a bundle that ends within a length")
        (length,) = struct.unpack_from(">H", data, index)
        index += 2 + length
        require(index <= len(data), "a bundle that ends within an entry")
        entries.append(data[index - length : index])
    return entries


def check_published(folder, size, leaves, entries):
    """Every tile and bundle of the first `size` entries."""
    hashes, level = leaves[:size], 0
    while hashes:
        for index in range((len(hashes) + 255) // 256):
            for width, data in _tile(folder, str(level), index, len(hashes)):
                part = hashes[256 * index : 256 * index + width]
                require(len(data) == 32 * width and data[: 32 * len(part)] == b"".join(part), f"the published tile {level}/{index} of width {width} is another")
        for index in range((size + 255) // 256) if level == 0 else []:
            if any(map(is_removed, entries[256 * index : 256 * index + 256])):
                continue
            for width, data in _tile(folder, "entries", index, size):
                part = entries[:size][256 * index : 256 * index + width]
                found = bundle(data)
                require(len(found) == width and found[: len(part)] == part, f"the published entries {index} of width {width} are others")
        above = []
        for start in range(0, len(hashes) - 255, 256):
            part = hashes[start : start + 256]
            while len(part) > 1:
                part = [node(part[at], part[at + 1]) for at in range(0, len(part), 2)]
            above.append(part[0])
        hashes, level = above, level + 1


# Proofs, the kept head, certificates and manifests.


def inclusion(text, keys, origin):
    """The entry that a proof is about."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    require(blank and lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3 and lines[1].startswith("extra ") and lines[2].startswith("index "), "no proof")
    data, index = read_base64(lines[1][6:]), _number(lines[2][6:])
    signed = checkpoint(note, keys, origin)
    path = [read_base64(line) for line in lines[3:]]
    require(inclusion_root(leaf(data), index, signed.size, path) == signed.root, "the entry is not in the log")
    return entry(data, index)


def consistency(text, keys, origin, old_root):
    """The newer checkpoint, which goes on from an older root."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    require(blank and first.startswith("old "), "no proof")
    signed = checkpoint(note, keys, origin)
    path = [read_base64(line) for line in lines]
    require(consistent(_number(first[4:]), old_root, signed.size, signed.root, path), "the log does not go on from there")
    return signed


def kept_head(data, keys, origin):
    """(decisions, checkpoint, frontier) of the newer of two slots."""
    found = []
    for start in range(0, len(data), 4096):
        lines = data[start : start + 4096].rstrip(b"\n").decode(errors="replace").split("\n")
        text = "".join(line + "\n" for line in lines[:-1])
        if lines[-1] != "sum " + base64.b64encode(crypto.sha256(text.encode())).decode():
            continue
        require(len(lines) >= 4 and lines[-2].startswith("decisions ") and lines[-3].startswith("frontier ") and lines[-4] == "", "a slot with other lines")
        signed = checkpoint("".join(line + "\n" for line in lines[:-4]), keys, origin)
        frontier = read_base64(lines[-3][9:])
        require(tree_of(signed.size, frontier).root() == signed.root, "a frontier that has another root")
        found.append((_number(lines[-2][10:]), signed.size, signed, frontier))
    require(found, "no slot of the kept head is whole")
    decisions, _, signed, frontier = max(found, key=lambda slot: slot[:2])
    return decisions, signed, frontier


_CERTIFIED = ["vault", "customer", "purpose of the pseudonym", "erased", "records", "key", "audit entry", "tombstones"]
_REACH = {"customers of one person": "customers", "handles searched": "handles", "mentions in texts of others": "mentions"}


def certificate(text, keys, origin):
    """What an erasure certificate says, once it and its proof hold."""
    mark = text.find("\nc2sp.org/tlog-proof@v1\n")
    require(mark > 0, "a certificate without its proof")
    body = note_text(text[:mark], origin, [public for public, last in keys if last is None])
    lines = body.split("\n")[:-1]
    require(lines[0] == "VoC Vault erasure certificate v1", "no certificate")
    says = dict(line.partition(": ")[::2] for line in lines[1:])
    reach = [line for line in _REACH if line in says]
    require(list(says) == _CERTIFIED[:5] + reach + _CERTIFIED[5:] and len(lines) == len(says) + 1, "a certificate with other lines")
    erasure = inclusion(text[mark + 1 :], keys, origin)
    until = erasure["detail"].get("tombstones_until")
    require(
        says["vault"] == origin and says["key"] == "destroyed" and erasure["action"] == "subject.erase" and erasure["outcome"] == "allowed"
        and says["customer"] in [erasure.get("target"), *erasure["detail"].get("subjects", "").split(",")] and erasure["purpose"] == says["purpose of the pseudonym"]
        and str(erasure["rows"]) == says["records"] and str(erasure["seq"]) == says["audit entry"]
        and erasure.get("clock", erasure["time"]) == says["erased"]
        and all(says.get(line) == erasure["detail"].get(member) for line, member in _REACH.items())
        and (f", until {until} (" in says["tombstones"] if until else says["tombstones"] == "none"),
        "a certificate that says something else than the log")
    return says


def manifest(note, keys, origin):
    """(checkpoint, length, hashes of the chunks) of a snapshot."""
    signed = checkpoint(note, keys, origin)
    lines = signed.extensions
    require(len(lines) >= 3 and lines[0] == "backup v1" and lines[1].startswith("time ") and lines[2].startswith("bytes "), "no manifest")
    length, chunks = _number(lines[2][6:]), [line[6:] for line in lines[3:]]
    require(all(line.startswith("chunk ") for line in lines[3:]) and len(chunks) == (length + 65535) // 65536, "a manifest with other chunks")
    return signed, length, chunks


def log_name(vault):
    return "vocvault/" + vault.hex()
