/// The policy files from some time on.
package struct PolicyVersionRow: Sendable, Equatable {
    /// From 1, ascending.
    package var number: Int64
    /// Milliseconds since 1970.
    package var at: Int64
    package var digest: [UInt8]
    /// As the engine wrote them.
    package var files: [UInt8]
}

extension StoreReader {
    /// All of them, the first one first.
    package func policyVersions() throws -> [PolicyVersionRow] {
        try checked(.policyVersion) { row in
            PolicyVersionRow(number: row.integer(0), at: row.integer(1), digest: row.bytes(2), files: row.bytes(3))
        } collect: {
            $0
        }
    }
}

extension StoreWriter {
    package func addPolicyVersion(digest: [UInt8], files: [UInt8], at now: Int64) throws {
        let number = (try reader.policyVersions().last?.number ?? 0) + 1
        try changing(.policyVersion, where: "seq = ?", number) {
            try db.run("INSERT INTO policy_version (seq, at, digest, files) VALUES (?, ?, ?, ?)", number, now, digest, files)
        }
    }
}
