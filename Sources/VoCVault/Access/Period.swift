import RedactedAPI

/// - Throws: ``VaultError/invalid(_:)`` if a period ends before it begins: it could contain nothing.
func requireOrder(_ since: Timestamp?, _ until: Timestamp?) throws(VaultError) {
    if let since, let until, since > until { throw .invalid("the period ends, \(until), before it begins, \(since)") }
}
