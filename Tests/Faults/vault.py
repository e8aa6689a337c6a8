"""A vault in a folder of its own, driven as people drive it: by the built program and over HTTP."""

import collections
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(os.path.abspath(os.environ.get("VOC_BIN", os.path.join(ROOT, ".build/debug"))), "vocvault")

# What no single command of these tests should take, even on a machine that others use as well.
PATIENCE = 120

# Who takes part: name of the principal and role. The inspector exists in these tests alone.
PRINCIPALS = {
    "loader": "ingest", "officer": "compliance", "officer2": "compliance", "lead": "privacy-lead", "lead2": "privacy-lead",
    "cleaner": "retention", "analyst": "analyst", "coder": "classification", "manager": "manager", "manager2": "manager",
    "chen": "improver", "reporter": "reporting", "inspector": "inspector",
}

# Sees every redacted row, under the purpose of the officers, so that pseudonyms are theirs; and which records analysis sees.
INSPECTOR = """
  inspector:
    description: The fault tests' own eyes.
    grants:
      - name: rows
        purposes: [subject-request]
        actions: [query, lookup, audit.read]
        fields: {record: pseudonym, subject: pseudonym, source: reveal, channel: reveal, occurred_at: reveal, app_version: reveal,
          text: mask, customer_id: mask, phone: mask, topic: reveal, sentiment: reveal, urgency: reveal, need: reveal, originality: reveal}
        disclosure: {minimum_search: 1}
        page: 100000
      - name: analysis
        purposes: [insight]
        actions: [query]
        fields: {record: pseudonym, app_version: reveal}
        disclosure: {minimum_search: 1}
"""

Result = collections.namedtuple("Result", "status out err")


class Fault(Exception):
    """Something that must not be. `kind` is the same for the same fault wherever it shows."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def expect(condition, kind, message):
    if not condition:
        raise Fault(kind, message)


def policies(target, edit=None):
    """The default policies, with quotas that no test meets by accident and with the inspector."""
    shutil.copytree(os.path.join(ROOT, "policies"), target)
    path = os.path.join(target, "roles.yaml")
    with open(path) as file:
        lines = file.read().splitlines()
    lines = [re.sub(r"\d+", "1000000000", line) if " quotas: {" in line else line for line in lines]
    text = "\n".join(lines) + "\n" + INSPECTOR
    # What officers read here beside what the roles that come with the vault show.
    text = text.replace("          name: mask\n        quotas: {lookup", "          name: mask\n          channel: reveal\n          text: mask\n        quotas: {lookup")
    with open(path, "w") as file:
        file.write(edit(text) if edit else text)


class Vault:
    """Home, keys, policies and tokens in one folder."""

    # All that have servers.
    made = []

    def __init__(self, folder, database=None, edit=None, principals=PRINCIPALS):
        self.folder, self.database = folder, database
        self.home, self.keys, self.policies = (os.path.join(folder, name) for name in ("home", "keyfile/keys", "policies"))
        self.sent = os.path.join(folder, "sent")
        self.tokens, self.token_ids, self.servers = {}, {}, []
        os.makedirs(self.sent, 0o700)
        os.makedirs(os.path.dirname(self.keys), 0o700)
        policies(self.policies, edit)
        self.must(None, "keys", "generate", "--out", self.keys)
        made = self.must(None, "init", *self.store_options())
        self.tokens["admin"] = made.out.strip()
        for name, role in principals.items():
            self.issue(name, role)

    @classmethod
    def copy(cls, template, folder, make_database=None):
        """The same vault in another folder, and in a database of its own where it has one."""
        vault = cls.__new__(cls)
        vault.__dict__.update(template.__dict__, tokens=dict(template.tokens), token_ids=dict(template.token_ids), servers=[], folder=folder, database=None)
        shutil.copytree(template.folder, folder, ignore=shutil.ignore_patterns("home") if template.database else None)
        for name in ("home", "keys", "policies", "sent"):
            setattr(vault, name, os.path.join(folder, os.path.relpath(getattr(template, name), template.folder)))
        if template.database:
            vault.database = make_database(template.database)
            vault.must(None, "init", "--store", vault.database.vault)
        return vault

    def store_options(self):
        return ["--store", self.database.vault, "--owner", self.database.owner] if self.database else []

    def issue(self, name, role, label=None):
        made = self.must("admin", "token", "issue", "--principal", name, "--role", role)
        self.tokens[label or name] = made.out.strip()
        self.token_ids[label or name] = re.search(r"token (\S+) for", made.err)[1]

    def environment(self, who, home=None):
        return {
            "PATH": "/usr/bin:/bin", "HOME": self.folder, "LANG": "C.UTF-8", "VOCVAULT_HOME": home or self.home, "VOCVAULT_KEYS": self.keys,
            "VOCVAULT_POLICIES": self.policies, "VOCVAULT_TOKEN": self.tokens.get(who, who or ""),
        }

    def start(self, who, *arguments, input="", home=None, out=None, err=None):
        """Begins a command whose output goes into files, so that what it said before it was killed is not lost."""
        out, err, given = out or tempfile.TemporaryFile(), err or tempfile.TemporaryFile(), tempfile.TemporaryFile()
        given.write(input.encode())
        given.seek(0)
        process = subprocess.Popen([PROGRAM, *arguments], env=self.environment(who, home), cwd=self.folder, stdin=given, stdout=out, stderr=err)
        process.said = (out, err)
        return process

    @staticmethod
    def finish(process, patience=PATIENCE):
        """Waits for a command; its status is 128 + n when signal n ended it."""
        try:
            status = process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Fault("hang", f"{' '.join(process.args[1:4])} … has not ended after {patience} s")
        texts = []
        for file in process.said:
            file.seek(0)
            texts.append(file.read().decode("utf8", "replace"))
        return Result(status if status >= 0 else 128 - status, *texts)

    def run(self, who, *arguments, input="", home=None, patience=PATIENCE):
        return self.finish(self.start(who, *arguments, input=input, home=home), patience)

    def must(self, who, *arguments, input="", home=None, kind="command-fails", patience=PATIENCE):
        result = self.run(who, *arguments, input=input, home=home, patience=patience)
        expect(result.status == 0, kind, f"{' '.join(arguments)[:200]}: exit code {result.status}: {(result.err or result.out).strip()[-400:]}")
        return result

    def rows(self, who, *arguments, input="", home=None):
        return json.loads(self.must(who, *arguments, "--format", "json", input=input, home=home).out or "[]")

    def stop_servers(self):
        for server in self.servers:
            server.kill()
        self.servers.clear()
        if self in Vault.made:
            Vault.made.remove(self)

    # What the vault says of itself.

    def verify(self, home=None):
        result = self.run("officer", "audit", "verify", home=home)
        expect(result.status == 0, "verify", f"audit verify: exit code {result.status}: {result.err.strip()[-300:]}")

    def entries(self, action=None, home=None, **filters):
        """Entries of the log, oldest first."""
        options = [part for name, value in filters.items() for part in (f"--{name}", str(value))]
        return self.rows("lead", "audit", "list", "--limit", "10000", *(["--action", action] if action else []), *options, home=home)[::-1]

    def listing(self, home=None):
        """Every row that the inspector sees, in a list: a record that is there twice is in it twice."""
        fields = "app_version,record,subject,source,text"
        return self.rows("inspector", "query", "--purpose", "subject-request", "--select", fields, "--limit", "1000000", home=home)

    def find(self, field, value, home=None):
        """Pseudonyms of customers with a value."""
        found = self.rows("officer", "subject", "find", "--field", field, "--purpose", "subject-request", input=value + "\n", home=home)
        return [row["subject"] for row in found]

    def files(self):
        """All that the vault keeps on disk: everything but its policies, and what these tests send."""
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in (self.policies, self.sent)]
            yield from (os.path.join(folder, name) for name in names)

    def leftovers(self):
        """Hidden files that something which was stopped has left, and other files than the key file with a root key in them."""
        with open(self.keys) as file:
            roots = [root.encode() for root in re.findall(r"^root \S+ file (\S+)$", file.read(), re.M)]
        left = {path for path in self.files() if os.path.basename(path).startswith(".") and not path.endswith("lock")}
        for path in set(self.files()) - {self.keys}:
            with open(path, "rb") as file:
                content = file.read()
            if any(root in content for root in roots):
                left.add(path)
        return sorted(left)


class Server:
    """`vocvault serve` of a vault, on a free port."""

    def __init__(self, vault, home=None, who="admin"):
        self.vault = vault
        self.log = os.path.join(vault.folder, f"serve-{os.urandom(4).hex()}.log")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--requests-per-second", "1000000"], env=vault.environment("", home),
                cwd=vault.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        vault.servers.append(self)
        if vault not in Vault.made:
            Vault.made.append(vault)
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.kill()
            self.process.wait()
            with open(self.log) as log:
                raise Fault("serve-fails", f"serve did not begin to listen: {line.strip()} {log.read().strip()[-300:]}")
        self.port = int(found[1])

    def connect(self, patience=PATIENCE):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)

    def ask(self, who, method, path, body=None, headers=(), connection=None):
        """Status and body; (0, why) when no whole answer came."""
        own = connection or self.connect()
        head = {"Authorization": "Bearer " + self.vault.tokens.get(who, who), **dict(headers)}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            head.setdefault("Content-Type", "application/json")
        try:
            own.request(method, path, body, head)
            reply = own.getresponse()
            text = reply.read().decode("utf8", "replace")
            return reply.status, text
        except (OSError, http.client.HTTPException) as error:
            return 0, type(error).__name__
        finally:
            if connection is None:
                own.close()

    def json(self, who, method, path, body=None):
        status, text = self.ask(who, method, path, body)
        expect(status == 200, "request-fails", f"{method} {path}: {status} {text[:300]}")
        return json.loads(text)

    def listing(self):
        body = {"purpose": "subject-request", "select": ["app_version", "record", "subject", "source", "text"], "limit": 100000}
        reply = self.json("inspector", "POST", "/v1/query", body)
        return [dict(zip(reply["columns"], row)) for row in reply["rows"]]

    def kill(self):
        if self.is_running:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.process.stdout.close()

    def stop(self, patience=60):
        """Ends it as a supervisor would."""
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Fault("drain", f"serve has not ended {patience} s after SIGTERM")
        self.process.stdout.close()

    @property
    def is_running(self):
        return self.process.poll() is None


def wait_until(condition, patience=10):
    end = time.monotonic() + patience
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
