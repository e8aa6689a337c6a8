import Foundation
import GRDB

extension StoreReader {
    /// The digest of the content and the reply of a principal's earlier request.
    ///
    /// - Parameter key: SHA-256 of the client's key, which may hold anything.
    public func reply(principal: String, key: [UInt8]) throws -> (digest: [UInt8], reply: String)? {
        try Row.fetchOne(db, sql: "SELECT digest, reply FROM idempotency WHERE principal = ? AND key = ?", arguments: [principal, Data(key)])
            .map { (Array($0["digest"] as Data), $0["reply"]) }
    }
}

extension StoreWriter {
    public func keepReply(_ reply: String, principal: String, key: [UInt8], digest: [UInt8], at now: Int64) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO idempotency (principal, key, digest, reply, at) VALUES (?, ?, ?, ?, ?)",
            arguments: [principal, Data(key), Data(digest), reply, now])
    }

    public func forgetReplies(before time: Int64) throws {
        try db.execute(sql: "DELETE FROM idempotency WHERE at < ?", arguments: [time])
    }
}
