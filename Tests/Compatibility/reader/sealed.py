"""Sealed bytes and sealed bodies (docs/FORMATS.md, "Sealed bytes" and "Sealed body")."""
import base64
import struct

import crypto


class Damaged(Exception):
    """Something does not open, does not verify or is not well formed."""


def require(condition, what):
    if not condition:
        raise Damaged(what)


def read_base64(text, what="a note or proof"):
    """The bytes behind base64 with padding."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Damaged(f"{what}: something that is no base64") from None


def u32(value):
    return struct.pack(">I", value)


def u64(value):
    return struct.pack(">Q", value & (1 << 64) - 1)


def open_sealed(key, sealed, aad, what="sealed bytes"):
    """The plaintext of sealed bytes of either suite."""
    require(sealed and sealed[0] in (1, 2), f"{what}: unknown suite")
    if sealed[0] == 1:
        require(len(sealed) >= 29, f"{what}: too short")
        try:
            return crypto.open_gcm(key, sealed[1:13], sealed[13:-16], sealed[-16:], aad)
        except ValueError:
            raise Damaged(f"{what}: does not open") from None
    require(len(sealed) >= 49, f"{what}: too short")
    nonce, ciphertext, tag = sealed[1:17], sealed[17:-32], sealed[-32:]
    mac_key = crypto.hkdf(key, b"vocvault hmac-sm3", 32, "sm3")
    require(crypto.equal(crypto.hmac_sm3(mac_key, u64(len(aad)) + aad + nonce + ciphertext), tag), f"{what}: does not open")
    return crypto.sm4_ctr(crypto.hkdf(key, b"vocvault sm4-ctr", 16, "sm3"), nonce, ciphertext)


COMPARTMENTS = {1: "direct", 2: "quasi", 4: "sensitive", 8: "text", 16: "redacted", 32: "unclassified", 64: "mentions"}


CODE_PARTS = {1: "direct", 2: "quasi", 4: "sensitive", 64: "labels"}


def parts(body, names=COMPARTMENTS):
    """The sealed bytes of a body by compartment."""
    require(body[:1] == b"\x01", "a body of unknown version")
    found, index, last = {}, 1, 0
    while index < len(body):
        require(index + 5 <= len(body), "a body that ends within a part")
        bit, (length,) = body[index], struct.unpack_from(">I", body, index + 1)
        index += 5
        require(bit in names and bit > last and index + length <= len(body), "a body with a damaged part")
        found[names[bit]], index, last = body[index : index + length], index + length, bit
    return found


def runs(plaintext):
    """The fields of an opened compartment: names and bytes."""
    found, index = [], 0
    try:
        while index < len(plaintext):
            end = index + 1 + plaintext[index]
            name = plaintext[index + 1 : end].decode()
            (length,) = struct.unpack_from(">I", plaintext, end)
            index = end + 4 + length
            require(index <= len(plaintext), "a compartment with a damaged field")
            found.append((name, plaintext[end + 4 : index]))
    except (struct.error, IndexError):
        raise Damaged("a compartment that ends within a field") from None
    return found


def fields(plaintext):
    """The same, by name."""
    found = runs(plaintext)
    require(len(dict(found)) == len(found), "a compartment with a damaged field")
    return {name: value.decode() for name, value in found}


def open_body(key, body, vault, customer, uid):
    """All compartments of a record, opened."""
    opened = {}
    for compartment, sealed in parts(body).items():
        aad = b"vocvault field\x01" + vault + u64(customer) + uid + sealed[:1] + compartment.encode()
        opened[compartment] = fields(open_sealed(key, sealed, aad, f"compartment {compartment}"))
    return opened


def open_codes(key, codes, vault, customer, uid):
    """All parts of a record's codes, opened: names and bytes of each."""
    opened = {}
    for part, sealed in parts(codes, CODE_PARTS).items():
        aad = b"vocvault code\x01" + vault + u64(customer) + uid + sealed[:1] + part.encode()
        opened[part] = runs(open_sealed(key, sealed, aad, f"codes {part}"))
    return opened
