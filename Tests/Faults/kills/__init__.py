"""Kills, one file a kind of operation."""

from kills import (
    anchor, approvals, backup, cases, coding, correct, erase, hold, ingest, init, keys, migrate, reredact, restore, restrict, retention, serve, tasks, tokens, upgrade)

AREAS = {area.name: area for area in [
    ingest.Ingest, ingest.Upload, erase.Erase, correct.Correct, hold.Hold, restrict.Restrict, approvals.Approvals, cases.Cases, tokens.Tokens,
    tasks.Tasks, coding.Coding, retention.Retention, reredact.Reredact, keys.NewRoot, keys.Reseal, keys.Indexes, keys.Pseudonyms, keys.AuditKey, keys.State,
    backup.Backup, restore.Restore, migrate.Migrate, init.Init, upgrade.Upgrade, anchor.Anchor, serve.Serve, serve.Shared]}
