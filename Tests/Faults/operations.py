"""What changes a vault: each as a command and, where there is one, as a request."""

import json
import re

from ledger import text_of

PURPOSE = "subject-request"


class Operation:
    """`done` and `answered` tell from the command's result, or from the answer, whether it says that it is done."""

    def __init__(self, name, who, arguments, request=None, input="", headers=(), done=None, answered=None):
        self.name, self.who, self.arguments, self.request = name, who, [str(part) for part in arguments], request
        self.input, self.headers = input, headers
        self.done = done or (lambda result: result.status == 0)
        self.answered = answered or (lambda status, text: status == 200)

    @property
    def action(self):
        """As entries of the log have it."""
        return self.name


def subject(name, who, pseudonym, path, reason=None, body=None, options=()):
    arguments = ["subject", path, pseudonym, "--purpose", PURPOSE, *(["--reason", reason] if reason else []), *options]
    content = {"purpose": PURPOSE, **({"reason": reason} if reason else {}), **(body or {})}
    return Operation(name, who, arguments, ("POST", f"/v1/subjects/{pseudonym}/{path}", content))


def erase(pseudonym, person, who="officer"):
    return subject("subject.erase", who, pseudonym, "erase", person.reason)


def hold(pseudonym, person, who="officer"):
    return subject("subject.hold", who, pseudonym, "hold", "court case, " + person.reason)


def release(pseudonym, person, hold=None, who="officer"):
    """`hold`: its number; may be left out when there is one only."""
    number = {"hold": hold} if hold else {}
    return subject("subject.release", who, pseudonym, "release", "settled, " + person.reason, number, ["--hold", hold] if hold else [])


def hold_number(attempt):
    found = re.search(r'on hold as number (\d+)|"hold":(\d+)', attempt.out)
    return int(found[1] or found[2]) if found else None


def restrict(pseudonym, person, lift=False, who="officer"):
    return subject(
        "subject.restrict", who, pseudonym, "restrict", "contested, " + person.reason, {"lift": True} if lift else {}, ["--lift"] if lift else [])


def correct(pseudonym, person, field, value, who="officer"):
    operation = subject("subject.correct", who, pseudonym, "correct", "case, " + person.reason, {"field": field, "value": value}, ["--field", field])
    operation.input = value + "\n"
    return operation


def ingest(records, path, source="feed", key=None, who="loader"):
    """`path`: a file that holds the records already."""
    headers = {"Content-Type": "application/x-ndjson", **({"Idempotency-Key": key} if key else {})}
    return Operation(
        "ingest", who, ["ingest", path, "--source", source], ("POST", f"/v1/records?source={source}", text_of(records).encode()), headers=headers,
        answered=lambda status, text: status == 200 and summary(text) is not None)


def summary(text):
    """The counts of an ingest over HTTP; None when the answer is not whole."""
    last = text.strip().splitlines()[-1:] or [""]
    try:
        return json.loads(last[0]).get("summary")
    except (json.JSONDecodeError, AttributeError):
        return None


def counts(attempt):
    """(stored, duplicates) as an ingest says it, by either way; None when it does not say."""
    found = summary(attempt.out) if attempt.way == "server" else None
    if found:
        return found["stored"], found["duplicates"]
    said = re.search(r"stored (\d+)  duplicates (\d+)", attempt.out)
    return (int(said[1]), int(said[2])) if said else None


def reveal(record, field, reason, who="officer"):
    """Done is: a value came out."""
    return Operation(
        "reveal", who, ["reveal", record, "--field", field, "--purpose", PURPOSE, "--reason", reason],
        ("POST", f"/v1/records/{record}/reveal", {"field": field, "purpose": PURPOSE, "reason": reason}), done=lambda result: result.out != "")


def ask_approval(record, field, reason, who="officer"):
    """Done is: a request waits for another principal."""
    operation = reveal(record, field, reason, who)
    operation.done = lambda result: waiting(result.err) is not None
    operation.answered = lambda status, text: status == 403 and waiting(text) is not None
    return operation


def waiting(text):
    found = re.search(r"request (\d+) waits", text)
    return int(found[1]) if found else None


def decide(number, decision, reason, who="lead"):
    return Operation(
        "approval.decide", who, ["approvals", decision, number, "--reason", reason],
        ("POST", f"/v1/approvals/{number}/decision", {"decision": decision, "reason": reason}))


def decide_about(pseudonym, person, decision, about="insight", who="officer"):
    """What a customer decides about a purpose."""
    reason, proof = "letter, " + person.reason, f"form {person.number}"
    word = ["object"] if decision == "objected" else ["consent"]
    options = ["--for", about, "--proof", proof, *(["--given"] if decision == "given" else [])]
    return Operation(
        "subject.consent", who, ["subject", *word, pseudonym, "--purpose", PURPOSE, "--reason", reason, *options],
        ("POST", f"/v1/subjects/{pseudonym}/consents", {"purpose": PURPOSE, "about": about, "decision": decision, "proof": proof, "reason": reason}))


def ask_link(kind, pseudonym, person, other=None, record=None, who="officer"):
    """Asks to join two customers, to take one out of a person, or to move a record to the customer."""
    reason = "same person, " + person.reason
    what = {"join": ["merge", pseudonym, other], "split": ["split", pseudonym], "move": ["move", record, "--to", pseudonym]}[kind]
    content = {"kind": kind, "subject": pseudonym, "purpose": PURPOSE, "reason": reason}
    content |= {name: value for name, value in (("other", other), ("record", record)) if value}
    return Operation("subject.link", who, ["subject", *what, "--purpose", PURPOSE, "--reason", reason], ("POST", "/v1/links", content))


def decide_link(number, person, decision="accept", who="officer2"):
    reason = "agreed, " + person.reason
    return Operation(
        "subject.link", who, ["subject", "links", "decide", number, decision, "--purpose", PURPOSE, "--reason", reason],
        ("POST", f"/v1/links/{number}/decision", {"decision": decision, "purpose": PURPOSE, "reason": reason}))


def decide_mention(pseudonym, record, decision, person, who="officer"):
    reason = "read it, " + person.reason
    return Operation(
        "subject.link", who, ["subject", "mentions", "decide", pseudonym, record, decision, "--purpose", PURPOSE, "--reason", reason],
        ("POST", f"/v1/subjects/{pseudonym}/mentions", {"record": record, "decision": decision, "purpose": PURPOSE, "reason": reason}))


def open_case(pseudonym, person, kind="access", who="officer"):
    note = "letter, " + person.reason
    return Operation(
        "case.manage", who, ["case", "open", "--kind", kind, pseudonym, "--purpose", PURPOSE, "--note", note],
        ("POST", "/v1/cases", {"purpose": PURPOSE, "subject": pseudonym, "kind": kind, "note": note}))


def close_case(number, person, outcome="answered", who="officer"):
    note = "sent, " + person.reason
    return Operation(
        "case.manage", who, ["case", "close", number, "--as", outcome, "--purpose", PURPOSE, "--note", note],
        ("POST", f"/v1/cases/{number}/close", {"purpose": PURPOSE, "outcome": outcome, "note": note}))


def case_number(attempt):
    found = re.search(r'^case (\d+)|"number":(\d+)', attempt.out)
    return int(found[1] or found[2]) if found else None


def issue(principal, role="analyst", who="admin"):
    """A token is shown before it is good for anything: only the command's end says that it is."""
    return Operation(
        "token.issue", who, ["token", "issue", "--principal", principal, "--role", role], ("POST", "/v1/tokens", {"principal": principal, "role": role}))


def token_of(attempt):
    return re.search(r"vvt_[A-Za-z0-9_-]{43}", attempt.out)[0]


def revoke(identifier, who="admin"):
    return Operation("token.revoke", who, ["token", "revoke", identifier], ("DELETE", f"/v1/tokens/{identifier}", None))


def propose(title, who="analyst", owner="chen"):
    return Operation(
        "task.propose", who, ["task", "propose", "--title", title, "--where", "product = 'X5'", "--owner", owner, "--due", "2029-12-31"],
        ("POST", "/v1/tasks", {"title": title, "where": "product = 'X5'", "owner": owner, "due": "2029-12-31T00:00:00Z"}))


def step(number, name, note, who):
    path = "progress" if name in ("start", "finish") else "decision"
    return Operation(
        f"task.{name}", who, ["task", name, number, "--note", note], ("POST", f"/v1/tasks/{number}/{path}", {"step": name, "note": note}))


def retain(batch=20):
    return Operation("retention.run", "cleaner", ["retention", "run", "--batch", batch], ("POST", "/v1/retention/run", {"batch": batch}))
