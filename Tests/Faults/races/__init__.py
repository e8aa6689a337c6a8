"""Pairs of operations that meet, one file a kind."""

from races import backups, budgets, decisions, erasure, ingest, release

PAIRS = {pair.name: pair for pair in [
    erasure.EraseErase, erasure.EraseRetention, erasure.RetentionRetention, erasure.EraseHold, erasure.EraseCorrect, erasure.EraseIngest, erasure.EraseAnnotate,
    erasure.EraseReseal, release.EraseReveal, release.EraseExport, release.RestrictReveal, release.RevokeUse, decisions.GrantGrant, decisions.GrantDeny,
    decisions.UseUse, decisions.ReleaseRelease, decisions.HoldHold, decisions.RestrictRestrict, decisions.CloseClose, decisions.ApproveReject, decisions.CorrectCorrect,
    budgets.PrivacyBudget, budgets.DayBudget, budgets.Quota, ingest.IngestIngest, ingest.Uploads, ingest.SameKey, backups.BackupBackup, backups.BackupErase]}
