import Foundation
import RedactedAPI
import Sealing
import Synchronization
import Wire

/// Where a page ended. Sealed, so that it shows nothing and cannot be forged; bound to the principal and the query, so that it
/// continues only that query.
struct Cursor: Hashable {
    /// A time in the unit of the last row if more rows of that unit follow; else one before which the next rows are.
    var time: Int64
    /// Number of the last row's record.
    var id: Int64
    /// Whether more rows of that unit follow.
    var isWithinUnit: Bool

    /// - Parameter place: from ``place(_:_:)``.
    func sealed(for place: [UInt8], by vault: Vault) throws -> String {
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(16)
        plaintext.append(bigEndian: time)
        // Numbers are positive: the sign says whether more rows of the same unit follow.
        plaintext.append(bigEndian: isWithinUnit ? -id : id)
        return Base64URL.encode(try vault.cursors.sealed(plaintext, for: place, in: vault))
    }

    /// - Throws: ``VaultError/invalid(_:)`` for anything other than this query's own cursor.
    init(_ text: String, of query: Query, access: Access) throws {
        let aad = Self.place(query, access)
        let vault = access.session.vault
        guard let sealed = Base64URL.decode(text), let value = try vault.cursors.opened(sealed, for: aad, in: vault)
        else { throw VaultError.invalid("the cursor does not belong to this query") }
        time = Int64(bitPattern: UInt64(truncatingIfNeeded: value >> 64))
        let signed = Int64(bitPattern: UInt64(truncatingIfNeeded: value))
        (id, isWithinUnit) = (abs(signed), signed < 0)
    }

    init(time: Int64, id: Int64, isWithinUnit: Bool) { (self.time, self.id, self.isWithinUnit) = (time, id, isWithinUnit) }

    static func place(_ query: Query, _ access: Access) -> [UInt8] { place(query, principal: access.session.principal, role: access.session.role) }

    /// What a cursor is bound to.
    static func place(_ query: Query, principal: String, role: String) -> [UInt8] {
        let parts = [
            "vocvault cursor v1", principal, role, query.purpose,
            query.select.joined(separator: ","), query.filter.map { "\($0)" } ?? "",
            query.since?.description ?? "", query.until?.description ?? "",
        ]
        return SHA256.hash(Array(parts.joined(separator: "\u{0}").utf8))
    }
}

/// Seals and opens all cursors of a process with one cipher, which is set up only once.
final class CursorCipher: Sendable {
    private let cipher = Mutex<FieldCipher?>(nil)

    func sealed(_ bytes: [UInt8], for place: [UInt8], in vault: Vault) throws -> [UInt8] {
        try with(vault) { cipher in
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count + Suite.aes256GCM.overhead)
            try cipher.seal(bytes.span, aad: place.span, to: &output)
            return output
        }
    }

    /// The 16 bytes that were sealed for a place, as a number; nil for other bytes.
    func opened(_ sealed: [UInt8], for place: [UInt8], in vault: Vault) throws -> UInt128? {
        try with(vault) { cipher in
            guard let opened = try? cipher.open(sealed.span, aad: place.span), opened.count == 16 else { return nil }
            return opened.withBytes { UInt128(bigEndianBytes: $0) }
        }
    }

    /// What was sealed for a place; nil for other bytes.
    func bytes(of sealed: [UInt8], for place: [UInt8], in vault: Vault) throws -> [UInt8]? {
        try with(vault) { cipher in (try? cipher.open(sealed.span, aad: place.span))?.withBytes { bytes in bytes.indices.map { bytes[$0] } } }
    }

    private func with<R: Sendable>(_ vault: Vault, _ body: (FieldCipher) throws -> R) throws -> R {
        try cipher.withLock { held in
            if let held { return try body(held) }
            let cipher = try FieldCipher()
            try cipher.load(vault.keyring.key(.cursor, now: vault.clock()).secret)
            held = cipher
            return try body(cipher)
        }
    }
}
