"""Kills, one file a kind of operation."""

from kills import (
    anchor, approvals, backup, cases, changes, coding, consents, correct, erase, hold, ingest, init, journal, keys, links, mentions, migrate, reredact, restore, restrict, retention, serve, tasks, tokens, upgrade)

AREAS = {area.name: area for area in [
    ingest.Ingest, ingest.Upload, erase.Erase, correct.Correct, hold.Hold, restrict.Restrict, consents.Consents, links.Links, mentions.Mentions, changes.Changes, approvals.Approvals, cases.Cases, tokens.Tokens,
    tasks.Tasks, coding.Coding, retention.Retention, reredact.Reredact, keys.NewRoot, keys.Reseal, keys.Indexes, keys.Pseudonyms, keys.AuditKey, keys.State,
    backup.Backup, restore.Restore, journal.Journal, migrate.Migrate, init.Init, upgrade.Upgrade, anchor.Anchor, serve.Serve, serve.Shared]}
