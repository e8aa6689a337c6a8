"""The key file (docs/FORMATS.md, "Key file")."""
import base64
import subprocess

import crypto
from sealed import Damaged, require


class KeyFile:
    def __init__(self, text):
        self.active, self.suite, self.roots = None, "aes-256-gcm", {}
        version = None
        for line in text.split("\n"):
            words = []
            for word in line.replace("\t", " ").replace("\r", " ").split(" "):
                if word.startswith("#"):
                    break
                if word:
                    words.append(word)
            if not words:
                continue
            if words[0] == "version":
                version = words[1]
            elif words[0] == "active":
                require(self.active is None and len(words) == 2, "key file: one active key")
                self.active = words[1]
            elif words[0] == "suite":
                self.suite = words[1]
                require(self.suite in ("aes-256-gcm", "sm4-ctr-hmac-sm3"), "key file: unknown suite")
            elif words[0] == "root":
                require(words[1] not in self.roots, "key file: a root key twice")
                self.roots[words[1]] = words[2:]
            else:
                raise Damaged("key file: unknown line")
        require(version == "1" and self.active in self.roots, "key file: no version, or no active key")

    def root(self, name):
        """The 32 bytes of a root key."""
        require(name in self.roots, f"key file: no root key {name}")
        provider, *rest = self.roots[name]
        if provider == "file":
            key = base64.b64decode(rest[0], validate=True)
        elif provider == "exec":
            output = subprocess.run(rest, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stdout
            key = output if len(output) == 32 else base64.b64decode(output.rstrip(b" \r\n"), validate=True)
        else:
            require(provider == "passphrase", "key file: unknown provider")
            options = dict(word.split("=", 1) for word in rest)
            require("from" in options, "a passphrase from a file is needed here")
            with open(options["from"], "rb") as file:
                passphrase = file.read().split(b"\n", 1)[0]
            n, r, p = (int(options.get(letter, default)) for letter, default in (("n", 131072), ("r", 8), ("p", 1)))
            key = crypto.scrypt(passphrase, base64.b64decode(options["salt"], validate=True), n, r, p)
        require(len(key) == 32, f"key file: root key {name} has not 32 bytes")
        return key
