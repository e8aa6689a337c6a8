"""The key file (docs/FORMATS.md, "Key file")."""
import subprocess

import crypto
from sealed import Damaged, read_base64, require


class KeyFile:
    def __init__(self, text):
        self.active, self.suite, self.roots = None, "aes-256-gcm", {}
        version = None
        require(len(text.encode()) <= 64 << 10, "key file: too large")
        for line in text.split("\n"):
            words = []
            for word in line.replace("\t", " ").replace("\r", " ").split(" "):
                if word.startswith("#"):
                    break
                if word:
                    words.append(word)
            if not words:
                continue
            require(len(words) >= 2, "key file: a line that ends too early")
            if words[0] == "version":
                version = words[1]
                require(version == "1", "key file: another version")
            elif words[0] == "active":
                require(self.active is None and len(words) == 2, "key file: one active key")
                self.active = words[1]
            elif words[0] == "suite":
                self.suite = words[1]
                require(self.suite in ("aes-256-gcm", "sm4-ctr-hmac-sm3"), "key file: unknown suite")
            elif words[0] == "root":
                require(words[1] not in self.roots, "key file: a root key twice")
                require(len(words) > 3 and words[2] in ("file", "exec", "passphrase") and (words[2] != "file" or len(words) == 4), "key file: unknown provider")
                self.roots[words[1]] = words[2:]
            else:
                raise Damaged("key file: unknown line")
        require(version and self.active in self.roots, "key file: no version, or no active key")

    def root(self, name):
        """The 32 bytes of a root key."""
        require(name in self.roots, f"key file: no root key {name}")
        provider, *rest = self.roots[name]
        if provider == "file":
            key = read_base64(rest[0], "key file")
        elif provider == "exec":
            try:
                output = subprocess.run(rest, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stdout
            except (OSError, subprocess.CalledProcessError):
                raise Damaged(f"key file: the command of root key {name} failed") from None
            key = output if len(output) == 32 else read_base64(output.rstrip(b" \r\n"), "key file")
        else:
            key = _stretched(dict(word.partition("=")[::2] for word in rest))
        require(len(key) == 32, f"key file: root key {name} has not 32 bytes")
        return key


def _stretched(options):
    require(set(options) <= {"salt", "n", "r", "p", "from"} and all(options.values()), "key file: another option of a passphrase")
    salt = read_base64(options.get("salt", ""), "key file")
    n, r, p = (options.get(letter, default) for letter, default in (("n", "131072"), ("r", "8"), ("p", "1")))
    require(all(number.isascii() and number.isdigit() for number in (n, r, p)), "key file: a cost that is no number")
    n, r, p = int(n), int(r), int(p)
    require(
        len(salt) >= 16 and 1 << 14 <= n <= 1 << 24 and n & (n - 1) == 0 and 1 <= r <= 32 and 1 <= p <= 16,
        "key file: a salt or cost beyond what is allowed")
    require("from" in options, "a passphrase from a file is needed here")
    try:
        with open(options["from"], "rb") as file:
            passphrase = file.read().split(b"\n", 1)[0]
    except OSError:
        raise Damaged("key file: the passphrase's file cannot be read") from None
    require(passphrase, "key file: an empty passphrase")
    return crypto.scrypt(passphrase, salt, n, r, p)
