import AuditLog
import Policy
import Sealing
import Store

/// The answer to an earlier request, with what vouches for it.
package struct KeptReply: Sendable {
    fileprivate let text: String
    fileprivate let mac: [UInt8]
}

extension Session {
    /// The answer to an earlier request of this principal with the same key; nil for a new key.
    ///
    /// - Parameter key: chosen by the client (draft-ietf-httpapi-idempotency-key-header).
    package func reply(underKey key: String) throws -> KeptReply? {
        try store.read { try $0.reply(principal: principal, key: SHA256.hash(Array(key.utf8))) }.map { KeptReply(text: $0.reply, mac: $0.digest) }
    }

    /// Gives the answer once more, as any other request: if the role still may, and with an entry.
    ///
    /// - Parameter digest: SHA-256 of the request's content.
    /// - Returns: nil unless the content is that of the request that was answered, and the answer is as the vault kept it.
    package func replay(_ reply: KeptReply, underKey key: String, content digest: [UInt8]) throws -> String? {
        let access = try authorize(.ingest, purpose: nil)
        guard try reply.mac == mac(reply.text, key, digest) else { return nil }
        _ = try commit(access) { _ in ((), access.entry(detail: [.replayed: "true"])) }
        return reply.text
    }

    /// Keeps a reply for as long as the policy says; for a day if it does not.
    ///
    /// - Parameter digest: SHA-256 of the request's content. Only a MAC of it is kept: a hash would let anybody try what the content was.
    package func keep(_ reply: String, underKey key: String, content digest: [UInt8]) throws {
        let now = vault.time.reading(policy.clock)
        let mac = try mac(reply, key, digest)
        try store.write { writer in
            try writer.forgetReplies(before: now.certain - Int64(policy.days(keeping: .replies) ?? 1) * 86_400_000)
            try writer.keepReply(reply, principal: principal, key: SHA256.hash(Array(key.utf8)), digest: mac, at: now.time)
        }
    }

    private func mac(_ reply: String, _ key: String, _ digest: [UInt8]) throws -> [UInt8] {
        try vault.rowKeeper().mac(ofReply: Array(principal.utf8) + [0] + SHA256.hash(Array(key.utf8)) + digest + Array(reply.utf8))
    }
}
