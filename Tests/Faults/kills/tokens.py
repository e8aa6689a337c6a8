"""Tokens: one that was shown works, one that was revoked is refused for ever."""

import operations
from area import Area
from vault import expect


class Tokens(Area):
    name, weight = "tokens", 3

    def begin(self):
        self.world.feed(20)
        self.good, self.revoked, self.made = {}, {}, 0  # id: secret

    def listed(self):
        return {row["id"]: row for row in self.vault.rows("admin", "token", "list")}

    def works(self, secret, way):
        """Whether the vault lets somebody in."""
        if way == "server":
            status, text = self.world.served().ask(secret, "GET", "/v1/me")
            expect(status in (200, 401), "request-fails", f"/v1/me: {status} {text[:200]}")
            return status == 200
        result = self.vault.run(secret, "query", "--purpose", "insight", "--select", "record", "--limit", "1")
        expect(result.status == 0 or result.status == 3 and "not signed in" in result.err, "command-fails", f"query: {result.status} {result.err[:200]}")
        return result.status == 0

    def round(self):
        if self.good and self.random.random() < 0.5:
            self.revoke(self.random.choice(sorted(self.good)))
        else:
            self.issue()
        self.world.check()

    def issue(self):
        self.made += 1
        name = f"guest{self.made}"
        attempt = self.world.attempt(operations.issue(name))
        expect(attempt.killed or attempt.done, "token-fails", f"{attempt}")
        rows = [row for row in self.listed().values() if row["principal"] == name]
        expect(len(rows) == 1 if attempt.done else len(rows) <= 1, "token-lost", f"{len(rows)} tokens after {attempt}")
        if attempt.done:
            secret = operations.token_of(attempt)
            expect(self.works(secret, self.random.choice(["command", "server"])), "token-lost", f"a token that was shown does not work: {attempt}")
            self.good[rows[0]["id"]] = secret

    def revoke(self, id):
        attempt = self.world.attempt(operations.revoke(id))
        expect(attempt.killed or attempt.done, "revoke-fails", f"{attempt}")
        is_revoked = self.listed()[id]["revoked"] is not None
        logged = self.world.happened(attempt, "token.revoke", id)
        expect(is_revoked == logged, "revocation-lost", f"revoked: {is_revoked}, in the log: {logged}, after {attempt}")
        if is_revoked:
            self.revoked[id] = self.good.pop(id)
            for way in ("command", "server"):
                expect(not self.works(self.revoked[id], way), "revoked-works", f"a revoked token lets somebody in by {way}")

    def settle(self):
        return [self.all_are_as_acknowledged, *super().settle()]

    def all_are_as_acknowledged(self):
        for id, secret in self.good.items():
            expect(self.works(secret, "server"), "token-lost", f"token {id} was shown and does not work")
        for id, secret in self.revoked.items():
            expect(not self.works(secret, "server"), "revoked-works", f"token {id} was revoked and works")
