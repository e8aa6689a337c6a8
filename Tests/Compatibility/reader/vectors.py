"""The test vectors of docs/FORMATS.md, each through the reader."""
import base64

import conditions
import crypto
import log
import queries
import values
from keyfile import KeyFile
from sealed import open_body, open_sealed, require


def _derive(v):
    require(crypto.hkdf(_b(v["root"]), v["info"].encode(), 32, v["digest"]) == _b(v["key"]), "another key")


def _scrypt(v):
    require(crypto.scrypt(v["passphrase"].encode(), _b(v["salt"]), v["n"], v["r"], v["p"]) == _b(v["key"]), "another key")


def _key_file(v):
    file = KeyFile(v["text"])
    require((file.active, file.suite) == (v["active"], v["suite"]), "another active key or suite")
    require({name: file.root(name).hex() for name in file.roots} == v["roots"], "other root keys")


def _seal(v):
    require(open_sealed(_b(v["key"]), _b(v["sealed"]), _b(v["aad"])) == _b(v["plaintext"]), "another plaintext")


def _body(v):
    opened = open_body(_b(v["key"]), _b(v["body"]), _b(v["vault"]), v["customer"], _b(v["uid"]))
    require(opened == v["compartments"], "other fields")


def _normal_form(v):
    require(values.normal_form(v["normalize"], v["value"]) == v["normal"], "another normal form")


def _indexed_form(v):
    require(values.indexed_form(v["normalize"], v["value"]) == v["indexed"], "another indexed form")


def _index_entries(v):
    require([[field, tag.hex()] for field, tag in values.index_entries(_b(v["bytes"]))] == v["entries"], "other entries")


def _pseudonym(v):
    require(values.pseudonym(_b(v["key"]), v["prefix"], v["number"]) == v["text"], "another pseudonym")
    require(values.number_behind([bytes(32), _b(v["key"])], v["text"].lower().replace("0", "o").replace("1", "l")) == v["number"], "another number")


def _value_pseudonym(v):
    require(values.value_pseudonym(_b(v["key"]), v["field"], values.normal_form(v["normalize"], v["value"])) == v["text"], "another pseudonym")


def _tombstone(v):
    if "uid" in v:
        tag = values.record_tombstone(_b(v["key"]), _b(v["uid"]))
    else:
        tag = values.identifier_tombstone(_b(v["key"]), v["field"], values.indexed_form(v["normalize"], v["value"]))
    require(tag == _b(v["tag"]), "another tag")


def _token(v):
    require(v["token"] == "vvt_" + base64.urlsafe_b64encode(_b(v["random"])).decode().rstrip("="), "another token")
    require(crypto.sha256(v["token"].encode()) == _b(v["hash"]), "another hash")


def _condition(v):
    require(_plain(conditions.read(v["text"])) == v["condition"], "another condition")
    require(conditions.write(conditions.read(v["text"])) == v["canonical"], "written in another way")
    require(_plain(conditions.read(v["canonical"])) == v["condition"], "not the same when it is read again")


def _plain(value):
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, conditions.Time):
        return {"time": int(value)}
    return {"decimal": conditions.write_decimal(value)} if isinstance(value, float) else value


def _cursor_aad(v):
    aad = queries.cursor_aad(v["principal"], v["role"], v["purpose"], v["select"], v.get("filter"), v.get("since"), v.get("until"))
    require(aad == _b(v["aad"]), "another AAD")


def _asked_digest(v):
    require(queries.asked_digest(_b(v["key"]), v) == _b(v["digest"]), "another digest")


def _entry(v):
    members = log.entry(_b(v["bytes"]), v["seq"])
    require((members["action"], members["detail"], members["rows"]) == (v["action"], v["detail"], v["rows"]) and log.leaf(_b(v["bytes"])).hex() == v["leaf"], "another entry")


def _tree(v):
    tree, roots, leaves = log.Tree(), [log.Tree().root()], [log.leaf(_b(entry)) for entry in v["entries"]]
    for leaf in leaves:
        tree.append(leaf)
        roots.append(tree.root())
    size, root = len(leaves), _b(v["root"])
    require(tree.root() == root and b"".join(tree.frontier).hex() == v["frontier"], "another root")
    for index, path in enumerate(v["inclusion"]):
        require(log.inclusion_root(leaves[index], index, size, list(map(_b, path))) == root, f"entry {index} is not in the tree")
    for old, path in enumerate(v["consistency"]):
        require(log.consistent(old, roots[old], size, root, list(map(_b, path))), f"the tree does not go on from {old}")
    require(len(v["inclusion"]) == len(v["consistency"]) == size, "proofs are missing")


def _note(v):
    origin, public = log.read_verifier_key(v["verifier_key"])
    require(crypto.ed25519_public(_b(v["seed"])) == public, "another key")
    checkpoint = log.checkpoint(v["note"], [(public, None)], origin)
    require((checkpoint.size, checkpoint.root.hex(), checkpoint.extensions) == (v["size"], v["root"], v["extensions"]), "another checkpoint")


def _cosignature(v):
    require(log.cosigned(v["note"], v["name"], _b(v["public"])) == v["time"], "another time")


def _manifest(v):
    origin, public = log.read_verifier_key(v["verifier_key"])
    checkpoint, length, chunks = log.manifest(v["note"], [(public, None)], origin)
    require((checkpoint.size, length, chunks) == (v["size"], v["bytes"], v["chunks"]), "another manifest")


def _head(v):
    origin, public = log.read_verifier_key(v["verifier_key"])
    decisions, checkpoint, frontier = log.kept_head(_b(v["file"]), [(public, None)], origin)
    require((decisions, checkpoint.size, frontier.hex()) == (v["decisions"], v["size"], v["frontier"]), "another head")


def _tile_path(v):
    require(log.tile_path(v["kind"], v["index"], v["width"]) == v["path"], "another path")


_b = bytes.fromhex
CHECKS = {
    "derive": _derive, "scrypt": _scrypt, "key_file": _key_file, "seal": _seal, "body": _body, "normal_form": _normal_form,
    "indexed_form": _indexed_form, "index_entries": _index_entries, "pseudonym": _pseudonym, "value_pseudonym": _value_pseudonym, "token": _token,
    "tombstone": _tombstone, "condition": _condition, "cursor_aad": _cursor_aad, "asked_digest": _asked_digest, "entry": _entry, "tree": _tree, "note": _note, "cosignature": _cosignature,
    "manifest": _manifest, "head": _head, "tile_path": _tile_path,
}


def check(name, vector):
    """Raises Damaged, or another error, when a vector is not as it must be."""
    CHECKS[name](vector)
