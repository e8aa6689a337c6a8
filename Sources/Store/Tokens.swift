/// A principal's token as stored: its hash only.
package struct TokenRow: Sendable, Equatable {
    package var id: String
    package var principal: String
    package var role: String
    /// Names of the only actions that it is for, separated by commas; nil: all of the role's.
    package var scope: String?
    package var createdAt: Int64
    package var expiresAt: Int64?
    package var revokedAt: Int64?
    /// Whether somebody else had, or has, to agree to it; nil: nobody.
    package var approval: TokenApproval?

    package init(
        id: String, principal: String, role: String, scope: String?, createdAt: Int64, expiresAt: Int64?, revokedAt: Int64? = nil
    ) {
        (self.id, self.principal, self.role, self.scope) = (id, principal, role, scope)
        (self.createdAt, self.expiresAt, self.revokedAt) = (createdAt, expiresAt, revokedAt)
    }

    /// - Parameter row: with the columns of ``StateTable/token``.
    fileprivate init(_ row: any Row) {
        self.init(
            id: row.text(0), principal: row.text(1), role: row.text(2), scope: row.optionalText(3), createdAt: row.integer(5),
            expiresAt: row.optionalInteger(6), revokedAt: row.optionalInteger(7))
    }
}

/// What a second person has to say to a token.
package struct TokenApproval: Sendable, Equatable {
    package enum State: String, Sendable {
        case waiting, granted
        /// Issued by one person alone, as there was no other who could have agreed.
        case bootstrap
    }

    package var state: State
    package var issuedBy: String
    package var decidedBy: String?

    package init(state: State, issuedBy: String, decidedBy: String? = nil) { (self.state, self.issuedBy, self.decidedBy) = (state, issuedBy, decidedBy) }
}

/// Every token.
struct TokenTable: Sendable {
    /// By their creation; without approvals.
    private let sorted: [TokenRow]
    private let byHash: [[UInt8]: TokenRow]
    private let approvals: [String: TokenApproval]

    fileprivate init(_ table: TokenTable, _ approvals: [String: TokenApproval]) {
        (sorted, byHash, self.approvals) = (table.sorted, table.byHash, approvals)
    }

    fileprivate init(_ tokens: [(hash: [UInt8], row: TokenRow)]) {
        sorted = tokens.map(\.row).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        byHash = Dictionary(tokens.map { ($0.hash, $0.row) }) { first, _ in first }
        approvals = [:]
    }

    /// By their creation.
    var rows: [TokenRow] { sorted.map(complete) }

    func row(hash: [UInt8]) -> TokenRow? { byHash[hash].map(complete) }

    func row(id: String) -> TokenRow? { sorted.first { $0.id == id }.map(complete) }

    private func complete(_ row: TokenRow) -> TokenRow {
        var row = row
        row.approval = approvals[row.id]
        return row
    }
}

extension StoreReader {
    private func allTokens() throws -> TokenTable {
        let table = try checked(.token, read: { ($0.bytes(4), TokenRow($0)) }, collect: { TokenTable($0) })
        let approvals = try checked(.tokenApproval) { row in
            // A state that only another version knows lets nobody in.
            (row.text(0), TokenApproval(state: TokenApproval.State(rawValue: row.text(1)) ?? .waiting, issuedBy: row.text(2), decidedBy: row.optionalText(3)))
        } collect: {
            Dictionary($0) { first, _ in first }
        }
        return approvals.isEmpty ? table : TokenTable(table, approvals)
    }

    /// All tokens, read outside a transaction; nil when others changed the vault meanwhile, so that what was read cannot be checked.
    func tokensAtOnce() throws -> TokenTable? {
        if let (table, approvals) = try known(.token, .tokenApproval, as: (TokenTable.self, [String: TokenApproval].self)) { return TokenTable(table, approvals) }
        let before = try stateBytes()
        do { return try allTokens() } catch StorageError.altered(let what) {
            if try stateBytes() == before { throw StorageError.altered(what: what) }
            return nil
        }
    }

    package func token(hash: [UInt8]) throws -> TokenRow? { try allTokens().row(hash: hash) }

    package func token(id: String) throws -> TokenRow? { try allTokens().row(id: id) }

    package func tokens() throws -> [TokenRow] { try allTokens().rows }

    /// How much of a daily quota a principal has used.
    package func usage(principal: String, day: String, quota: String) throws -> Int {
        try requireUnaltered(.usage)
        return Int(try db.integer("SELECT used FROM usage WHERE principal = ? AND day = ? AND quota = ?", principal, day, quota) ?? 0)
    }
}

extension StoreWriter {
    /// The stored token with a SHA-256; read once for as long as nobody else writes.
    package func token(hash: [UInt8]) throws -> TokenRow? {
        // Half of a SHA-256 tells tokens apart as well.
        let key = hash.prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        if let known = group.known.tokens[key] { return known }
        let row = try reader.token(hash: hash)
        group.known.tokens[key] = .some(row)
        return row
    }

    package func addToken(_ token: TokenRow, hash: [UInt8]) throws {
        group.known.tokens = [:]
        try changing(.token, where: "id = ?", token.id) {
            try db.run(
                "INSERT INTO token (id, principal, role, scope, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)", token.id, token.principal,
                token.role, token.scope, hash, token.createdAt, token.expiresAt)
        }
        guard let approval = token.approval else { return }
        try changing(.tokenApproval, where: "token = ?", token.id) {
            try db.run(
                "INSERT INTO token_approval (token, state, issued_by, decided_by) VALUES (?, ?, ?, ?)", token.id, approval.state.rawValue, approval.issuedBy,
                approval.decidedBy)
        }
    }

    /// Notes that somebody agreed to a token that waits; returns whether it did.
    package func approveToken(id: String, by principal: String) throws -> Bool {
        group.known.tokens = [:]
        return try changing(.tokenApproval, where: "token = ?", id) {
            try db.change("UPDATE token_approval SET state = 'granted', decided_by = ? WHERE token = ? AND state = 'waiting'", principal, id)
        } > 0
    }

    /// Returns whether it was good until now.
    @discardableResult
    package func revokeToken(id: String, at now: Int64) throws -> Bool {
        group.known.tokens = [:]
        return try changing(.token, where: "id = ?", id) { try db.change("UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now, id) } > 0
    }
}
