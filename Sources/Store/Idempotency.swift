extension StoreReader {
    /// The digest of the content and the reply of a principal's earlier request.
    ///
    /// - Parameter key: SHA-256 of the client's key, which may hold anything.
    package func reply(principal: String, key: [UInt8]) throws -> (digest: [UInt8], reply: String)? {
        try db.first("SELECT digest, reply FROM idempotency WHERE principal = ? AND key = ?", principal, key) { ($0.bytes(0), $0.text(1)) }
    }
}

extension StoreWriter {
    package func keepReply(_ reply: String, principal: String, key: [UInt8], digest: [UInt8], at now: Int64) throws {
        let sql = """
            INSERT INTO idempotency (principal, key, digest, reply, at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (principal, key) DO UPDATE SET digest = excluded.digest, reply = excluded.reply, at = excluded.at
            """
        try db.run(sql, principal, key, digest, reply, now)
    }

    package func forgetReplies(before time: Int64) throws {
        try db.run("DELETE FROM idempotency WHERE at < ?", time)
    }
}
