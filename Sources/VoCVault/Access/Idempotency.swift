import Sealing
import Store

extension Session {
    /// The answer to an earlier request of this principal with the same key.
    ///
    /// - Parameters:
    ///   - key: chosen by the client (draft-ietf-httpapi-idempotency-key-header).
    /// - Returns: the digest of that request's content, and the reply; nil for a new key.
    package func reply(underKey key: String) throws -> (digest: [UInt8], reply: String)? {
        try store.read { try $0.reply(principal: principal, key: SHA256.hash(Array(key.utf8))) }
    }

    /// Keeps a reply for a day.
    package func keep(_ reply: String, underKey key: String, digest: [UInt8]) throws {
        let now = vault.time.reading(policy.clock)
        try store.write { writer in
            try writer.forgetReplies(before: now.certain - 86_400_000)
            try writer.keepReply(reply, principal: principal, key: SHA256.hash(Array(key.utf8)), digest: digest, at: now.time)
        }
    }
}
