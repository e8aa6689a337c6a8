import RedactedAPI

/// - Throws: ``VaultError/invalid(_:)`` when a period ends before it begins: nothing could lie in it.
func requireOrder(_ since: Timestamp?, _ until: Timestamp?) throws(VaultError) {
    if let since, let until, since > until { throw .invalid("the period ends, \(until), before it begins, \(since)") }
}
