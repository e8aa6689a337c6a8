"""A vault whose making is killed: it works with the token that was shown, or it can be made again."""

import os
import re
import shutil

from area import Area
from operations import Operation
from vault import expect


class Init(Area):
    name, weight = "init", 3

    def begin(self):
        self.real = self.vault.home
        self.made = 0

    def round(self):
        self.made += 1
        world, vault = self.world, self.vault
        vault.home = world.path(f"made-{self.made}")
        database = world.cluster.database() if world.cluster else None
        options = ["--store", database.vault, "--owner", database.owner] if database else []
        world.work.append(vault.home)
        try:
            # The token is shown before the vault is whole: only the command's end says that it is.
            attempt = world.attempt(Operation("init", None, ["init", *options]))
            expect(attempt.killed or attempt.done, "init-fails", f"{attempt}")
            if not attempt.done and not self.is_good(attempt.out):
                attempt = self.again(options)
            self.look(re.search(r"vvt_[A-Za-z0-9_-]{43}", attempt.out)[0])
        finally:
            shutil.rmtree(vault.home, ignore_errors=True)
            world.work.pop()
            vault.home = self.real
            if database:
                world.cluster.drop(database)
        world.check()

    def is_good(self, text):
        """Whether a token was shown that opens a whole vault: the kill came after all was done."""
        shown = re.search(r"vvt_[A-Za-z0-9_-]{43}", text)
        return shown is not None and self.vault.run(shown[0], "token", "list").status == 0

    def again(self, options):
        """Nobody has its token: the same command makes it, or says what to remove first."""
        init = Operation("init", None, ["init", *options])
        again = self.world.act(init)
        if not again.done:
            self.world.note_unless(False, "init-stuck", f"after an init that was killed: exit code {again.status}: {again.err.strip()[:300]}")
            shutil.rmtree(self.vault.home, ignore_errors=True)
            if self.world.cluster:
                self.empty(options[1])
            again = self.world.must(init)
        return again

    def empty(self, address):
        """Takes the tables away that the killed one has left."""
        name = re.search(r"dbname=(\S+)", address)[1]
        self.world.cluster.sql("DROP SCHEMA IF EXISTS vault, keystore CASCADE", name)

    def look(self, token):
        vault = self.vault
        vault.tokens["fresh"] = token
        made = vault.must("fresh", "token", "issue", "--principal", "first", "--role", "compliance", kind="token-lost")
        result = vault.run(made.out.strip(), "audit", "verify")
        expect(result.status == 0, "verify", f"of a fresh vault: {result.status} {result.err[:300]}")
        listed = vault.rows("fresh", "token", "list")
        expect(len(listed) == 2, "token-doubled", f"{len(listed)} tokens in a fresh vault")
        expect(os.stat(vault.home).st_mode & 0o77 == 0, "init-mode", "others can read a fresh home")
