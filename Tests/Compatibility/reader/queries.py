"""What is kept of queries: what a cursor is bound to, and digests of questions (docs/FORMATS.md, "Cursors" and "Questions that were asked")."""
import conditions
import crypto


def _time(milliseconds):
    return "" if milliseconds is None else conditions.write_time(milliseconds)


def cursor_aad(principal, role, purpose, select, filter=None, since=None, until=None):
    """filter: as it is persisted; since and until in milliseconds."""
    texts = ["vocvault cursor v1", principal, role, purpose, ",".join(select), filter or "", _time(since), _time(until)]
    return crypto.sha256("\0".join(texts).encode())


def asked_digest(key, question):
    """question: the members of the JSON that is sealed."""
    since, until = question.get("since", -(1 << 63)), question.get("until", (1 << 63) - 1)
    texts = [question.get("filter", ""), str(since), str(until), ",".join(question["groupBy"])]
    return crypto.hmac_sha256(key, "\0".join(texts).encode())
