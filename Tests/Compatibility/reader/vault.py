"""A vault: its tables, its keys and all that they open (docs/FORMATS.md)."""
import base64
import json
import os
import re
import sqlite3
import struct
import tempfile

import conditions
import crypto
import log
import queries
import values
from keyfile import KeyFile
from sealed import COMPARTMENTS, Damaged, open_body, open_codes, open_sealed, require, u32, u64


def _column(value):
    """A column of a row that counts."""
    if value is None:
        return b"\0"
    if isinstance(value, int):
        return b"\1" + (value % 2**64).to_bytes(8, "big")
    if isinstance(value, float):
        return b"\2" + struct.pack(">d", value)
    data = value.encode() if isinstance(value, str) else bytes(value)
    return (b"\3" if isinstance(value, str) else b"\4") + u32(len(data)) + data


def _files(home):
    """The tables of a vault in files."""
    def table(name):
        for file in ("vault.db", "keystore.db"):
            if name in present[file]:
                return rows(file, name)
        return []

    def rows(file, name):
        cursor = connections[file].execute(f'SELECT * FROM "{name}"')
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row)) for row in cursor]

    connections, present = {}, {}
    for file in ("vault.db", "keystore.db"):
        path = os.path.join(home, file)
        # Without a write-ahead log, nothing is to be made beside it.
        still = "" if os.path.exists(path + "-wal") else "&immutable=1"
        connections[file] = sqlite3.connect(f"file:{path}?mode=ro{still}", uri=True)
        require(connections[file].execute("PRAGMA application_id").fetchone()[0] == 0x566F4356, f"{file} is not a vault's")
        require(connections[file].execute("PRAGMA integrity_check").fetchone()[0] == "ok", f"{file} is damaged")
        present[file] = {row[0] for row in connections[file].execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
    formats = {max(int(row["identifier"][1:]) for row in rows(file, "grdb_migrations")) for file in connections}
    require(len(formats) == 1, "files of two formats")
    # Both have a table of this name: the data's waits to be copied to the keys'.
    copies = rows("keystore.db", "tombstone") if "tombstone" in present["keystore.db"] else []
    return formats.pop(), table, copies


def _dump(path):
    """The tables of a vault in PostgreSQL, from a dump of pg_dump."""
    tables, kinds = {}, {}
    with open(path, encoding="utf-8") as file:
        lines = iter(file.read().split("\n"))
    for line in lines:
        if match := re.fullmatch(r"CREATE TABLE (\w+)\.(\w+) \(", line):
            for column in lines:
                if column.startswith(")"):
                    break
                name, kind = column.split()[:2]
                kinds[match[1], match[2], name.strip('"')] = kind.rstrip(",")
            continue
        match = re.fullmatch(r"COPY (\w+)\.(\w+) \((.*)\) FROM stdin;", line)
        if not match:
            continue
        schema, name, columns = match[1], match[2], [column.strip(' "') for column in match[3].split(",")]
        tables[schema, name] = rows = []
        for text in lines:
            if text == "\\.":
                break
            rows.append({column: _copied(value, kinds[schema, name, column]) for column, value in zip(columns, text.split("\t"))})
    require(("vault", "vault") in tables, "a dump without a vault")
    (vault,) = tables["vault", "vault"]
    return vault["format"], lambda name: tables.get(("vault", name)) or tables.get(("keystore", name), []), tables.get(("keystore", "tombstone"), [])


def _copied(text, kind):
    """A value of COPY's text form, for a column's type."""
    if text == "\\N":
        return None
    try:
        if kind == "bytea":
            return bytes.fromhex(text[3:])
        if kind in ("bigint", "double"):
            return int(text) if kind == "bigint" else float(text)
    except ValueError:
        raise Damaged("a dump with a damaged value") from None
    escapes = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "b": "\b", "f": "\f", "v": "\v"}
    return re.sub(r"\\(.)", lambda match: escapes.get(match[1], match[1]), text)


class Vault:
    def __init__(self, place, key_file):
        """place: the home of a vault in files, or a dump from PostgreSQL."""
        # In a database, an index of customers' records is a view of them.
        self.in_files = not os.path.isfile(place)
        try:
            self.format, self.table, self.copied_tombstones = _files(place) if self.in_files else _dump(place)
        except sqlite3.DatabaseError as error:
            raise Damaged(f"the database cannot be read: {error}") from None
        (vault,) = self.table("vault")
        self.id = vault["vault_id"]
        self.origin = log.log_name(self.id)
        with open(key_file, encoding="utf-8") as file:
            self._open_keys(KeyFile(file.read()))

    # Keys.

    def _open_keys(self, key_file):
        self.wrapping = {}
        for row in self.table("root_key"):
            root = key_file.root(row["id"])
            proof = open_sealed(crypto.hkdf(root, b"vocvault proof v1"), row["proof"], b"vocvault proof v1" + self.id + row["id"].encode(), "the proof of a root key")
            require(proof == b"vocvault root key proof", "a root key is not this vault's")
            self.wrapping[row["number"]] = crypto.hkdf(root, b"vocvault wrap v1")
        self.keys = {}
        for row in sorted(self.table("data_key"), key=lambda row: -row["version"]):
            place = f"{row['kind']}/{row['name']}/{row['version']}"
            key = self._unwrap(row, b"vocvault data key v1" + self.id + place.encode(), f"the key {place}")
            self.keys.setdefault((row["kind"], row["name"]), []).append((row["version"], key))
        self.customers = {}
        for row in self.table("subject_key"):
            place = b"vocvault subject key v1" + self.id + u64(row["subject"]) + u32(row["version"] % 2**32)
            self.customers[row["subject"], row["version"]] = self._unwrap(row, place, f"the key of customer {row['subject']}")

    def _unwrap(self, row, aad, what):
        require(row["root"] in self.wrapping, f"{what}: no such root key")
        key = open_sealed(self.wrapping[row["root"]], row["wrapped"], aad, what)
        require(len(key) == 32, f"{what}: not 32 bytes")
        return key

    def key(self, kind, name="vault", version=None):
        """The newest key of a kind, or one of its versions."""
        for number, key in self.keys.get((kind, name), []):
            if version in (None, number):
                return key
        raise Damaged(f"the key {kind}/{name} is missing")

    def log_keys(self):
        """(public key, last size) of all keys that signed the log."""
        signing = [crypto.ed25519_public(key) for _, key in reversed(self.keys["audit-signing", "vault"])]
        keys, successor = [(public, None) for public in signing], signing[0]
        for row in sorted(self.table("former_audit_key"), key=lambda row: -row["version"]):
            signed = log.checkpoint(row["note"], [(successor, None)], self.origin)
            name, successor = log.read_verifier_key(signed.extensions[0])
            require(name == self.origin, "a former key of another log")
            keys.append((successor, signed.size))
        return keys

    # Records.

    def records(self):
        """Every record: its row and its opened compartments."""
        bodies = {row["record"]: row for row in self.table("sealed")}
        for row in sorted(self.table("record"), key=lambda row: row["id"]):
            sealed = bodies.pop(row["id"], None)
            require(sealed and sealed["subject"] == row["subject"], f"record {row['id']} has no body")
            key = self.customers.get((row["subject"], row["key_version"]))
            require(key, f"record {row['id']}: no key")
            opened = open_body(key, sealed["body"], self.id, row["subject"], row["uid"])
            require(not any(bit & row["purged"] and name in opened for bit, name in COMPARTMENTS.items()), "a compartment that was removed")
            yield row, opened
        require(not bodies, "a body without a record")

    def codes(self):
        """Of every record that has some: its row, its coarser forms by field, and its labels by module."""
        records = {row["id"]: row for row in self.table("record")}
        for row in self.table("coded"):
            record = records.get(row["record"])
            require(record and record["subject"] == row["subject"], f"codes of record {row['record']}: no such record of the customer")
            key = self.customers.get((row["subject"], record["key_version"]))
            require(key, f"codes of record {row['record']}: no key")
            coarse, labels = {}, {}
            for name, fields in open_codes(key, row["codes"], self.id, row["subject"], record["uid"]).items():
                for field, value in fields:
                    if name == "labels":
                        labels.setdefault(field, []).append((value[8:].decode(), struct.unpack(">d", value[:8])[0]))
                    else:
                        require(not record["purged"] & {"direct": 1, "quasi": 2, "sensitive": 4}[name], "a coarser form of what was removed")
                        coarse[field] = value.decode()
            yield record, coarse, labels

    def check_codes(self):
        """Opens all codes; returns how many records have some."""
        require(not self.table("annotation"), "labels lie readable")
        require(not any(value is not None for row in self.table("record") for name, value in row.items() if name.startswith("g_")), "coarser forms lie readable")
        found = list(self.codes())
        require(any(coarse for _, coarse, _ in found) and any(labels for _, _, labels in found), "no codes were checked")
        scores = [score for _, _, labels in found for given in labels.values() for _, score in given]
        require(all(0 <= score <= 1 for score in scores), "a score out of its range")
        return len(found)

    def check_records(self, normalizers):
        """Opens every record and compares it with the indexes; returns how many there are."""
        uids = {row["uid"] for row in self.table("record_uid")}
        indexes = {row["name"]: row for row in self.table("indexed_field") if row["state"] == "current"}
        tags = {(row["tag"], row["field"], row["subject"]) for row in self.table("blind_index")}
        entries = {row["id"]: values.index_entries(row["entries"]) for row in self.table("subject")}
        second = {row["field"] for row in self.table("index_form")} if self.format >= 5 else set()
        require(tags == {(tag, field, subject) for subject, found in entries.items() for field, tag in found if not field & 0x8000}, "the blind index and the customers' entries differ")
        if self.in_files:
            places = {(row["subject"], row["id"]) for row in self.table("record")}
            require(places == {(row["subject"], row["record"]) for row in self.table("subject_record")}, "the index of customers' records differs")
        count, found = 0, set()
        for row, opened in self.records():
            count += 1
            require(row["uid"] in uids, f"record {row['id']} is not in the index of ids")
            if "direct" in opened and "source_id" in opened["direct"]:
                uid = values.record_id(self.key("record-id"), row["source"].encode(), opened["direct"]["source_id"].encode())
                require(uid == row["uid"], f"record {row['id']} has another uid than its source and id give")
            for name, index in indexes.items():
                value = next((held[name] for held in opened.values() if name in held), None)
                if not value:
                    continue
                form = values.second_form if index["id"] in second else values.indexed_form
                tag = crypto.hmac128(self.key("index", name, index["version"]), form(normalizers.get(name, "none"), value).encode())
                require((tag, index["id"], row["subject"]) in tags, f"record {row['id']}: its {name} is not in the index")
                found.add((tag, index["id"], row["subject"]))
        require(count and found, "no record was checked")
        current = {index["id"] for index in indexes.values()}
        require({tag for tag in tags if tag[1] in current} == found, "the index has what no record has")
        return count

    # The log.

    def check_log(self, audit):
        """Chain, signatures and published files; returns the entries and the checkpoint."""
        keys = self.log_keys()
        (head,) = self.table("audit_head")
        signed = log.checkpoint(head["checkpoint"], keys, self.origin)
        tree, entries, leaves, last, roots, removed, end = log.Tree(), [], [], "", {}, -1, 0
        for number, row in enumerate(sorted(self.table("audit"), key=lambda row: row["seq"])):
            require(row["seq"] == number, f"entry {number} is missing")
            if log.is_removed(row["entry"]):
                entry, removed = {}, number
            else:
                entry = log.entry(row["entry"], number)
                require(_moment(entry["time"]) >= _moment(last), f"entry {number} is earlier than the one before")
                last = entry["time"]
                if entry["action"] == "retention.run":
                    end = max(end, int(entry["detail"].get("entries_until", 0)))
            entries.append(entry)
            leaves.append(log.leaf(row["entry"]))
            tree.append(leaves[-1])
            roots[tree.size] = tree.root()
        require(removed < end or removed < 0, f"the content of entry {removed} is missing")
        require(signed.size == head["size"] == tree.size and signed.root == tree.root(), "the entries are not those that were signed")
        require(b"".join(tree.frontier) == head["frontier"] and _moment(last) == head["last_time"], "the end of the log is another")
        with open(os.path.join(audit, "checkpoint"), encoding="utf-8") as file:
            published = log.checkpoint(file.read(), keys, self.origin)
        require(roots.get(published.size) == published.root, "the published checkpoint is of another log")
        raw = [row["entry"] for row in sorted(self.table("audit"), key=lambda row: row["seq"])]
        log.check_published(audit, published.size, leaves, raw)
        self.roots = roots
        return entries, signed

    # State.

    _STATE = [
        ("token", "id principal role scope hash created_at expires_at revoked_at"),
        ("approval", "id principal role purpose record field reason asked_at expires_at state decided_by"),
        ("hold", "id subject ground set_by set_at ends_at released_at"), ("usage", "principal day quota used"),
        ("privacy_budget", "principal purpose period spent"), ("asked", "principal purpose digest query day"),
        ("activity", "principal scale slot action denied times rows"), ("alert", "principal rule day"),
        ("indexed_field", "id name version state built records"), ("witnessed", "origin size root at"),
        ("subject_case", "id kind subject status opened_at due_at closed_at note"), ("task", "id state owner due_at body"),
        ("tombstone", "tag erased_at ends_at copied"), ("pending_key_erasure", "subject"),
        ("vault", "last_record erasures_applied protections_applied backed_up_at resealed_at"),
        ("subject", "id identified entries restriction created_at erased_at"), ("annotation", "record module label subject score"), ("record", "id mac"),
        ("token_approval", "token state issued_by decided_by"), ("restricted", "subject"), ("known_key", "kind name"), ("policy_version", "seq at digest files"),
        ("verified", "kind at percent"), ("known_root", "id since rewrapped"),
    ]
    _LATER_STATE = {
        30: ("coded", "record subject codes"), 36: ("release", "first_day last_day cost"), 37: ("released", "digest last_day figures"),
        40: ("consent", "subject purpose decision at"),
        41: ("consent_event", "id subject purpose decision at recorded_at note"), 42: ("former_record", "id record subject at note"),
        43: ("case_task", "id request subject system state asked_at answered_at note"),
        31: ("index_form", "field form"), 32: ("person", "subject head since joined_by"),
        33: ("link", "id kind subject other record field doubt asked_by asked_at state decided_by decided_at"), 34: ("moved", "record subject"),
        44: ("mention", "subject record decision decided_by at"),
        45: ("changed", "record seq at"), 46: ("outbox", "id endpoint stream kind subject body at attempts next_at failure"),
        47: ("charged", "zone first_day last_day cost"),
        48: ("intake", "id source day began_at last_at state stored replaced duplicates rejected erased_before latest"),
    }
    _RECORD = "id subject occurred_at received_at redaction_version restricted purged key_version"

    def _check_macs(self, key):
        """Whether the plain columns of every record, and its body, are those that the vault left."""
        bodies = {row["record"]: row["body"] for row in self.table("sealed")}
        for row in self.table("record"):
            body = crypto.hmac_sha256(key, b"\x14" + _column(row["uid"]) + _column(bodies[row["id"]]))[:16]
            columns = _column(row["uid"]) + b"".join(_column(row[name]) for name in self._RECORD.split()) + _column(row["source"]) + _column(row["channel"])
            for name in sorted(name for name in row if (name[:2] in ("a_", "g_") or name in ("unattributed", "person")) and row[name] is not None):
                columns += _column(name) + _column(row[name])
            require(row["mac"] == body + crypto.hmac_sha256(key, b"\x13" + columns + _column(body))[:16], f"record {row['id']} is not as the vault left it")

    def check_state(self, entries):
        """Whether the tables that decide hold what the log commits to; returns how many rows they have."""
        rows, sums, entry = (crypto.hkdf(self.key("state"), f"vocvault state {use} v1".encode()) for use in ("rows", "sums", "entries"))
        self._check_macs(rows)
        for row in self.table("erasure"):
            require(row["mac"] == crypto.hmac_sha256(rows, b"\x18" + _column(row["subject"]) + _column(row["at"]))[:16], "the log of erasures has an entry of somebody else")
        count, found = 0, b""
        for number, (table, columns) in [*enumerate(self._STATE, 1), *sorted(self._LATER_STATE.items())]:
            total, there = 0, self.table(table)
            for row in there:
                total += int.from_bytes(crypto.hmac_sha256(rows, bytes([number]) + b"".join(_column(row[name]) for name in columns.split())), "big")
            if there:
                found += bytes([number]) + u64(len(there)) + (total % 2**256).to_bytes(32, "big")
            count += len(there)
        (head,) = self.table("audit_head")
        place = b"vocvault state v1" + self.id + b"".join((head[name] % 2**64).to_bytes(8, "big") for name in ("size", "last_time", "changed_by"))
        state = open_sealed(sums, head["state"], place, "the state")
        require(state[0] == 1, "a state of another kind")
        last, end = int.from_bytes(state[1:9], "big"), 11 + int.from_bytes(state[9:11], "big")
        require(state[11:end] == found, "the tables are not as the vault left them")
        commitment = crypto.hmac_sha256(entry, u64(last) + (state[end:] or state[11:end])).hex()
        require([e["seq"] for e in entries if "state" in e][-1] == last and entries[last]["state"] == commitment, "no entry commits to the state")
        return count

    def check_questions(self, entries):
        """Opens what queries asked for; returns how many there were."""
        count = 0
        for entry in entries:
            if "question" not in entry["detail"]:
                continue
            month, _, text = entry["detail"]["question"].partition(":")
            seal, tag = (crypto.hkdf(self.key("questions", month), f"vocvault question {use} v1".encode()) for use in ("seal", "tag"))
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            opened = open_sealed(seal, sealed, f"vocvault question v1 {month} {entry['principal']}".encode(), "a question")
            digest = crypto.hmac_sha256(tag, opened).hex()[:16]
            require(b'"where_bytes"' in opened or digest == entry["detail"]["question_digest"], "a question with another digest")
            require(set(json.loads(opened)) <= {"select", "group_by", "measures", "where", "since", "until", "limit", "where_bytes"}, "a question with other members")
            count += 1
        return count

    # Notes about customers.

    def note(self, text, place):
        """(customer, text) of a note; the text is None where its customer was erased, or had no key."""
        at = lambda customer, sealed: b"vocvault note v1" + self.id + u64(customer) + sealed[:1] + place.encode()
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = open_sealed(self.key("notes"), sealed, at(0, sealed), f"a note, {place}")
        customer, version, inner = int.from_bytes(opened[:8], "big"), int.from_bytes(opened[8:12], "big"), opened[12:]
        if version == 0:
            require(not inner, f"a note, {place}: without a key")
            return customer, None
        key = self.customers.get((customer, -version))
        if whole := self.customers.get((customer, version)):
            key = crypto.hkdf(whole, b"vocvault customer note v1")
        return customer, key and open_sealed(key, inner, at(customer, inner), f"a note, {place}").decode()

    def check_notes(self, entries):
        """Opens notes, grounds and reasons; returns how many there were, and how many of them nobody can read any more."""
        notes = [(row["subject"], row["note"], f"case {row['opened_at']}") for row in self.table("subject_case")]
        notes += [(row["subject"], row["ground"], f"hold {row['set_at']}") for row in self.table("hold")]
        notes += [(row["id"], row["restriction"], "restriction") for row in self.table("subject") if row["restriction"] is not None]
        notes += [(None, row["reason"], f"approval {row['asked_at']}") for row in self.table("approval")]
        notes += [(None, entry["detail"]["sealed_reason"], f"entry {entry['request']}") for entry in entries if "sealed_reason" in entry["detail"]]
        living = {customer for customer, _ in self.customers}
        gone = 0
        for about, text, place in notes:
            customer, opened = self.note(text, place)
            require(about in (None, customer), f"a note about another, {place}")
            require((opened is None) == (customer not in living), f"a note that ends without its customer, {place}")
            gone += opened is None
        return len(notes), gone

    # Sealed JSON.

    def check_json(self):
        """Opens tasks, questions and what protects people; returns how many there were."""
        count = 0
        for row in self.table("task"):
            body = self._json("tasks", row["body"], f"task {row['id']} {row['state']} {row['owner']} {row['due_at']}")
            require(conditions.write(conditions.read(body["filter"])) == body["filter"] and body["events"][0]["step"] == "propose", "a task without its filter or beginning")
            count += 1
        for row in self.table("asked"):
            body = self._json("asked-queries", row["query"], f"question of {row['principal']} for {row['purpose']}")
            if "filter" in body:
                require(conditions.write(conditions.read(body["filter"])) == body["filter"], "a question with another filter")
            require(queries.asked_digest(self.key("asked-queries"), body) == row["digest"], "a question with another digest")
            count += 1
        for row in self.table("released"):
            if row["figures"]:
                cells = self._json("asked-queries", row["figures"], f"released {row['digest'].hex()}")["cells"]
                require(all(isinstance(part, int) for cell in cells for part in cell["parts"]), "a figure that is no number")
                count += 1
        holds = {row["id"]: row for row in self.table("hold")}
        facts = {"revocation": "token", "hold": "id", "restriction": "subject", "consent": "subject", "approval": "id", "budget": "principal", "mention": "uid"}
        for row in [*self.table("protection"), *self.table("pending_protection")]:
            if row["body"] is None:
                continue
            body = self._json("protections", row["body"], f"protection {row['kind']} {row['key']}")
            ((case, fact),) = body.items()
            require(case == {"approval": "usedApproval", "budget": "spentBudget"}.get(row["kind"], row["kind"]), "a fact of another kind")
            require(row["key"].split(" ")[0] == str(fact[facts[row["kind"]]]), "a fact about another")
            if row["kind"] == "hold":
                own = holds.get(fact["id"], {})
                columns = {"subject": "subject", "ground": "ground", "setBy": "set_by", "setAt": "set_at", "endsAt": "ends_at", "releasedAt": "released_at"}
                require(all(fact.get(member) == own.get(column) for member, column in columns.items()), "a hold that is another beside the keys")
            if identifier := fact.get("identifier"):
                require(int(identifier, 16) in self._identifiers(fact["subject"]), "a fact about another's identifier")
            count += 1
        return count

    def _identifiers(self, subject):
        """The tombstone tags that any value of a customer would have."""
        key = self.key("tombstone")
        direct = [opened["direct"] for row, opened in self.records() if row["subject"] == subject and "direct" in opened]
        known = {(name, value) for held in direct for name, value in held.items()}
        forms = {(name, values.indexed_form(kind, value)) for name, value in known for kind in ("id", "phone", "email")}
        forms |= {(name, values.second_form(kind, value)) for name, value in known for kind in ("id", "document", "phone", "email")}
        return {int.from_bytes(values.identifier_tombstone(key, name, form), "big") for name, form in forms}

    def _json(self, kind, sealed, place):
        try:
            return json.loads(open_sealed(self.key(kind), sealed, place.encode(), place))
        except ValueError:
            raise Damaged(f"{place} is no JSON") from None

    def cursor(self, text, *query):
        """(time, number, whether rows of that time follow) of the last row shown; `query` as in queries.cursor_aad."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            sealed = b""
        require(base64.urlsafe_b64encode(sealed).decode().rstrip("=") == text, "a cursor that is no base64url")
        plaintext = open_sealed(self.key("cursor"), sealed, queries.cursor_aad(*query), "the cursor")
        require(len(plaintext) == 16 and sealed[0] == 1, "a cursor of another length")
        time, number = (int.from_bytes(plaintext[at : at + 8], "big", signed=True) for at in (0, 8))
        return time, abs(number), number < 0

    # Backups.

    def check_snapshot(self, folder, key_store):
        """Puts the newest snapshot together and opens it beside the keys' copy; returns the vault in it."""
        name = max(os.listdir(os.path.join(folder, "snapshots")), key=lambda name: int(name.rsplit("-", 1)[1]))
        with open(os.path.join(folder, "snapshots", name), encoding="utf-8") as file:
            signed, length, chunks = log.manifest(file.read(), self.log_keys(), self.origin)
        data = b""
        for hash in chunks:
            with open(os.path.join(folder, "chunks", hash[:2], hash), "rb") as file:
                data += file.read()
            require(crypto.sha256(data[-65536 if len(data) % 65536 == 0 else -(len(data) % 65536) :]).hex() == hash, "a damaged chunk")
        require(len(data) == length, "a snapshot of another length")
        with tempfile.TemporaryDirectory() as home:
            with open(os.path.join(home, "vault.db"), "wb") as file:
                file.write(data)
            os.symlink(os.path.abspath(key_store), os.path.join(home, "keystore.db"))
            _, table, _ = _files(home)
            tree = log.Tree()
            for row in sorted(table("audit"), key=lambda row: row["seq"]):
                tree.append(log.leaf(row["entry"]))
            require((tree.size, tree.root()) == (signed.size, signed.root), "the log in the snapshot is another than its manifest says")
        return signed


def _moment(text):
    return conditions.read_time(text) if text else 0
