import AuditLog
import Policy
import Storage

/// What a vault in a PostgreSQL database relies on that server for.
enum ServerRisk {
    /// Detail of the entry that records what was known of the server's standbys.
    static let detail = "standbys"
    private static let accepted = "asynchronous, accepted"

    /// Refuses a server whose standbys may take over without what was acknowledged, unless that is accepted.
    ///
    /// - Returns: what the audit log says of it.
    static func require(_ server: ServerDurability, acceptsAsynchronous: Bool) throws(VaultError) -> String {
        guard server.isAsynchronous else { return server.standbys == 0 ? "none" : "synchronous" }
        guard acceptsAsynchronous else {
            throw .invalid(
                "the server has \(server.standbys) standbys and waits for none of them: after a failover the records, erasures and keys that were acknowledged last are gone. Name a standby in synchronous_standby_names, or accept that with --accept-asynchronous")
        }
        return accepted
    }

    /// Whether an entry records that somebody has accepted asynchronous standbys.
    static func isAcceptance(_ entry: [UInt8]) -> Bool {
        guard starts.contains(where: entry.starts), let entry = AuditEntry(canonicalBytes: entry) else { return false }
        return entry.outcome == .allowed && entry.detail[detail] == accepted
    }

    private static let starts = ["init", "join", Action.migrate.rawValue].map { Array("{\"action\":\"\($0)\"".utf8) }
}

extension Vault {
    /// Settings of the database's server with which a crash loses what was acknowledged; none when the data are in files.
    public func serverFaults() throws -> [String] { try store.serverDurability()?.faults ?? [] }

    func examineServer() throws -> HealthFinding? {
        guard let server = try store.serverDurability() else { return nil }
        func finding(_ finding: String, _ state: HealthFinding.State = .ok, _ advice: String = "") -> HealthFinding {
            HealthFinding(check: "server", state: state, finding: finding, advice: advice)
        }
        if let fault = server.faults.first { return finding(fault, .failure, "set it on in postgresql.conf") }
        let advice = "name a standby in synchronous_standby_names"
        if server.isAsynchronous {
            let text = "it has \(server.standbys) standbys and waits for none of them: a failover loses what was acknowledged last"
            var acceptance: Int64?
            try store.read { reader in
                try reader.forEachAuditEntry { number, entry in
                    if ServerRisk.isAcceptance(entry) { acceptance = number }
                    return true
                }
            }
            return acceptance.map { finding("\(text) (accepted in entry \($0))", .warning, advice) } ?? finding(text, .failure, advice)
        }
        if server.standbys == 0 { return finding("it has no standby", .warning, "when its disk is lost, so is what came after the last backup: \(advice)") }
        return finding("commits wait for \(server.synchronousStandbyNames)")
    }
}
