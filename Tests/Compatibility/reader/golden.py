"""A golden vault with all that lies beside it."""
import os
import re

import crypto
import log
import values
from sealed import require
from vault import Vault


def _lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def check(folder, say=lambda text: None):
    """Opens everything of a golden vault, in files and as a dump; raises Damaged where something is not right."""
    at = lambda *names: os.path.join(folder, *names)
    expected = dict(line.split("=", 1) for line in _lines(at("expected")).splitlines())
    normalizers = dict(re.findall(r"^  (\w+): +\{.*\bnormalize: (\w+)", _lines(at("policies", "schema.yaml")), re.M))
    vault = _check(Vault(at("home"), at("keys")), at("home", "audit"), expected, normalizers, say)
    _documents(vault, at, expected, say)
    signed = vault.check_snapshot(at("backup", "snapshots-folder"), at("backup", "keys-folder", "keystore.db"))
    say(f"the snapshot of size {signed.size} is whole")
    if os.path.exists(at("postgres.sql")):
        _check(Vault(at("postgres.sql"), at("keys")), at("home-postgres", "audit"), expected, normalizers, say)


def _check(vault, audit, expected, normalizers, say):
    say(f"format {vault.format}: {sum(map(len, vault.keys.values()))} keys of the vault's own and {len(vault.customers)} of customers unwrap")
    say(f"{vault.check_records(normalizers)} records open, and are in the indexes")
    entries, signed = vault.check_log(audit)
    say(f"the log of {signed.size} entries is what was signed")
    if vault.format >= 3:
        say(f"the log commits to the {vault.check_state(entries)} rows of its tables")
    if vault.format >= 4:
        questions = vault.check_questions(entries)
        require(questions > 0, "no question in the log")
        say(f"{questions} questions open")
        say(f"the codes of {vault.check_codes()} records open")
        notes, gone = vault.check_notes(entries)
        require(notes > gone > 0, "no note about a customer who lives, or about one who is erased")
        say(f"{notes - gone} notes open, {gone} have ended with their customers")
    say(f"{vault.check_json()} sealed values of the vault's own open")
    tokens = {row["hash"]: row for row in vault.table("token")}
    for role in ("admin", "compliance", "ingest", "revoked"):
        row = tokens.get(crypto.sha256(expected[role].encode()))
        require(row and (row["revoked_at"] is not None) == (role == "revoked"), f"the token of {role} is not as it was left")
    keys = [key for _, key in vault.keys["pseudonym", "subject-request"]]
    number = {name: values.number_behind(keys, expected[name]) for name in ("held", "restricted", "corrected", "erased") if name in expected}
    subjects = {row["id"]: row for row in vault.table("subject")}
    erased = {row["id"] for row in vault.table("subject") if row["erased_at"] is not None}
    require(erased == {row["subject"] for row in vault.table("erasure")} and not erased & {customer for customer, _ in vault.customers}, "erased customers and the log of erasures differ")
    restriction = subjects[number["restricted"]]["restriction"]
    if vault.format >= 4:
        _, restriction = vault.note(restriction, "restriction")
    require(restriction == "accuracy contested", "the restriction is gone")
    if vault.format == 1:
        require(subjects[number["held"]]["hold"] == "court case 17/2026", "the hold is gone")
    else:
        _second_format(vault, number, subjects)
    corrected = [opened for row, opened in vault.records() if row["subject"] == number["corrected"]]
    require(len(corrected) == 1 and corrected[0]["direct"]["phone"] == "13900139004" and corrected[0]["text"]["text"] == "很满意", "the corrected record is another")
    return vault


def _second_format(vault, number, subjects):
    holds = {(row["subject"], vault.note(row["ground"], f"hold {row['set_at']}")[1] if vault.format >= 4 else row["ground"]) for row in vault.table("hold") if row["released_at"] is None}
    require((number["held"], "court case 17/2026") in holds and len(holds) == 2, "the holds are not as they were left")
    erased = number["erased"]
    require(subjects[erased]["erased_at"] and not subjects[erased]["entries"], "the erasure was undone")
    uid = values.record_id(vault.key("record-id"), b"golden", b"g3")
    stones = {values.record_tombstone(vault.key("tombstone"), uid), values.identifier_tombstone(vault.key("tombstone"), "customer_id", "GERASED" if vault.format < 5 else "G-ERASED")}
    require(stones <= {row["tag"] for row in vault.table("tombstone")}, "the tombstones of an erased customer are missing")
    require(stones <= {row["tag"] for row in vault.copied_tombstones}, "the tombstones are not beside the keys")
    kinds = {row["kind"] for row in vault.table("protection")}
    require(kinds == {"revocation", "hold", "restriction", "approval", "budget"}, "what protects people is not beside the keys")
    suites = {row["body"][6] for row in vault.table("sealed")}
    require(suites == {1, 2}, "a record of one of the suites is missing")


def _documents(vault, at, expected, say):
    keys, origin = vault.log_keys(), vault.origin
    anchor = log.checkpoint(_lines(at("anchor")), keys, origin)
    require(vault.roots[anchor.size] == anchor.root, "the log does not go on from the anchor")
    if vault.format == 1:
        return
    says = log.certificate(_lines(at("certificate")), keys, origin)
    require(says["customer"] == expected["erased"], "the certificate is about another")
    require(log.inclusion(_lines(at("inclusion")), keys, origin)["action"] == "token.issue", "the proof is about another entry")
    old = int(_lines(at("consistency")).split("\n")[0][4:])
    newer = log.consistency(_lines(at("consistency")), keys, origin, vault.roots[old])
    require(vault.roots[newer.size] == newer.root, "the proof is of another log")
    with open(at("head"), "rb") as file:
        decisions, head, _ = log.kept_head(file.read(), keys, origin)
    require(vault.roots[head.size] == head.root and decisions == 0, "the kept head is of another log")
    time, number, _ = vault.cursor(expected["cursor"], "golden-analyst", "analyst", "insight", ["record", "product"], "product = 'X5'")
    row = next((row for row in vault.table("record") if row["id"] == number), None)
    # From format 6 on, rows show units of time: it has where the row's begins, or where the next one with rows ends.
    fits = row and (row["occurred_at"] >= time if vault.format >= 6 else row["occurred_at"] == time)
    require(fits and row["a_product"] == "X5", "the cursor points to another record")
    say("certificate, proofs, kept head and cursor hold")
