import AuditLog
import Policy
import Store
import StoreMove
import StorePostgres
import VaultAPI

/// What a vault in a PostgreSQL database depends on the server for.
enum ServerRisk {
    private static let (accepted, none, synchronous) = ("asynchronous, accepted", "none", "synchronous")

    /// Refuses servers whose standbys may take over without acknowledged writes, unless that is accepted.
    ///
    /// - Returns: what the audit log says about the weakest server.
    static func require(_ addresses: [PostgresAddress?], acceptsAsynchronous: Bool) throws -> String {
        let found = try addresses.compactMap { $0 }.map { try require(VaultStore.serverDurability(at: $0), acceptsAsynchronous: acceptsAsynchronous) }
        return [accepted, none].first(where: found.contains) ?? synchronous
    }

    private static func require(_ server: ServerDurability, acceptsAsynchronous: Bool) throws(VaultError) -> String {
        guard server.isAsynchronous else { return server.standbys == 0 ? none : synchronous }
        guard acceptsAsynchronous else {
            throw .invalid(
                "the server has \(server.standbys.of("standby")) and waits for none of them: a failover loses the records, erasures and keys that were acknowledged last. Name a standby in synchronous_standby_names, or accept that with --accept-asynchronous")
        }
        return accepted
    }

    /// Whether an entry records that somebody accepted asynchronous standbys.
    static func isAcceptance(_ entry: [UInt8]) -> Bool {
        guard starts.contains(where: entry.starts), let entry = AuditEntry(canonicalBytes: entry) else { return false }
        return entry.outcome == .allowed && entry[.standbys] == accepted
    }

    private static let starts = [AuditEvent.vault(.creation), .vault(.join), .request(.migrate)].map(\.beginning)
}

extension Vault {
    /// Settings of the database server with which a crash loses acknowledged writes; none if the data are in files.
    package func serverFaults() throws -> [String] { Set(try store.serverDurabilities().flatMap(\.faults)).sorted() }

    /// A finding for the data's server and, if the keys have a database of their own, one for theirs.
    func examineServers() throws -> [HealthFinding] {
        try zip(["server", "server of the keys"], store.serverDurabilities()).map(examine)
    }

    private func examine(_ check: String, _ server: ServerDurability) throws -> HealthFinding {
        func finding(_ finding: String, _ state: HealthFinding.State = .ok, _ advice: String = "") -> HealthFinding {
            HealthFinding(check: check, state: state, finding: finding, advice: advice)
        }
        if let fault = server.faults.first { return finding(fault, .failure, "turn it on in postgresql.conf") }
        let advice = "name a standby in synchronous_standby_names"
        if server.isAsynchronous {
            let text = "it has \(server.standbys.of("standby")) and waits for none of them: a failover loses the last acknowledged transactions"
            var acceptance: Int64?
            try store.read { reader in
                try reader.forEachAuditEntry { number, entry in
                    if ServerRisk.isAcceptance(entry) { acceptance = number }
                    return true
                }
            }
            return acceptance.map { finding("\(text) (accepted in entry \($0))", .warning, advice) } ?? finding(text, .failure, advice)
        }
        if server.standbys == 0 { return finding("it has no standby", .warning, "if its disk is lost, everything since the last backup is lost: \(advice)") }
        return finding("commits wait for \(server.synchronousStandbyNames)")
    }
}
