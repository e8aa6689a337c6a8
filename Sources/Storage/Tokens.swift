import Foundation
import GRDB

/// A principal's token as stored: its hash only.
public struct TokenRow: Sendable {
    public var id: String
    public var principal: String
    public var role: String
    /// Names of the only actions that it is for, separated by commas; nil: all of the role's.
    public var scope: String?
    public var createdAt: Int64
    public var expiresAt: Int64?
    public var revokedAt: Int64?

    public init(
        id: String, principal: String, role: String, scope: String?, createdAt: Int64, expiresAt: Int64?, revokedAt: Int64? = nil
    ) {
        (self.id, self.principal, self.role, self.scope) = (id, principal, role, scope)
        (self.createdAt, self.expiresAt, self.revokedAt) = (createdAt, expiresAt, revokedAt)
    }

    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], principal: row["principal"], role: row["role"], scope: row["scope"], createdAt: row["created_at"],
            expiresAt: row["expires_at"], revokedAt: row["revoked_at"])
    }
}

extension StoreReader {
    public func token(hash: [UInt8]) throws -> TokenRow? {
        let find = try RowWriter(db, "SELECT id, principal, role, scope, created_at, expires_at, revoked_at FROM token WHERE hash = ?")
        find.bind(1, hash)
        var token: TokenRow?
        try find.forEachRow { row in
            token = TokenRow(
                id: row.text(0), principal: row.text(1), role: row.text(2), scope: row.isNull(3) ? nil : row.text(3), createdAt: row.integer(4),
                expiresAt: row.isNull(5) ? nil : row.integer(5), revokedAt: row.isNull(6) ? nil : row.integer(6))
            return false
        }
        return token
    }

    public func token(id: String) throws -> TokenRow? {
        try Row.fetchOne(db, sql: "SELECT * FROM token WHERE id = ?", arguments: [id]).map(TokenRow.init)
    }

    public func tokens() throws -> [TokenRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM token ORDER BY created_at, id").map(TokenRow.init)
    }

    /// How much of a daily quota a principal has used.
    public func usage(principal: String, day: String, quota: String) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT used FROM usage WHERE principal = ? AND day = ? AND quota = ?"),
            arguments: [principal, day, quota]) ?? 0
    }
}

extension StoreWriter {
    public func addToken(_ token: TokenRow, hash: [UInt8]) throws {
        try db.execute(
            sql: "INSERT INTO token (id, principal, role, scope, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [token.id, token.principal, token.role, token.scope, Data(hash), token.createdAt, token.expiresAt])
    }

    public func revokeToken(id: String, at now: Int64) throws {
        try db.execute(
            sql: "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", arguments: [now, id])
    }
}
