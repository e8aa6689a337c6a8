import Sealing
import Store
import Synchronization
import Wire

/// Adds up rows and seals their sums under keys that are derived from the vault's state key.
///
/// HKDF-SHA-256 (RFC 5869) without salt gives four keys of 32 bytes: for rows (HMAC-SHA-256 of a row's bytes), for sums (the vault's cipher
/// suite; the place is the vault and its log's end) for entries (HMAC-SHA-256 of the entry's number as 8
/// bytes and the sums), and for replies that are kept.
final class RowKeeper: StateKeeper {
    /// Used by one thread at a time.
    private struct Tools: @unchecked Sendable {
        let rows: MACSession
        let entries: MACSession
        let replies: MACSession
        let cipher: FieldCipher
    }

    let version: Int
    private let tools: Mutex<Tools>
    private let suite: Suite
    private let place: [UInt8]

    init(key: HeldKey, version: Int, suite: Suite, vaultID: UInt128) throws {
        self.version = version
        func derived(_ use: String) throws -> SecretBytes { try HKDF.derive(from: key.secret, salt: [], info: Array("vocvault state \(use) v1".utf8), count: 32) }
        let cipher = try FieldCipher()
        try cipher.load(derived("sums"))
        tools = Mutex(
            Tools(rows: try MACSession(key: derived("rows")), entries: try MACSession(key: derived("entries")), replies: try MACSession(key: derived("replies")), cipher: cipher))
        self.suite = suite
        place = Array("vocvault state v1".utf8) + vaultID.bigEndianBytes
    }

    func element(of row: [UInt8]) throws -> [UInt8] { try tools.withLock { try $0.rows.tag(row.span) } }

    func seal(_ state: [UInt8], head: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        let place = place + head
        try tools.withLock { try $0.cipher.seal(state.span, aad: place.span, suite: suite, to: &output) }
        return output
    }

    func open(_ sealed: [UInt8], head: [UInt8]) throws -> [UInt8] {
        let place = place + head
        return try tools.withLock { try $0.cipher.open(sealed.span, aad: place.span).withBytes { span in span.indices.map { span[$0] } } }
    }

    /// What vouches for a reply that is kept: 32 bytes.
    func mac(ofReply message: [UInt8]) throws -> [UInt8] { try tools.withLock { try $0.replies.tag(message.span) } }

    func commitment(of entry: Int64, to sums: [UInt8]) throws -> [UInt8] {
        let message = withUnsafeBytes(of: entry.bigEndian) { Array($0) } + sums
        return try tools.withLock { try $0.entries.tag(message.span) }
    }
}
