import Foundation
import RedactedAPI
import Sealing

/// Where a page ended. Sealed, so that it shows nothing and cannot be forged; bound to the
/// principal and the query, so that it continues that query only.
struct Cursor: Hashable {
    /// Time and number of the last row.
    var occurredAt: Int64
    var id: Int64
    /// Whether other rows of that time come next.
    var isWithinTime: Bool

    func sealed(for query: Query, access: Access) throws -> String {
        var plaintext: [UInt8] = []
        plaintext.append(bigEndian: occurredAt)
        // Numbers are positive: the sign says whether rows of the same time are left.
        plaintext.append(bigEndian: isWithinTime ? -id : id)
        var output: [UInt8] = []
        let aad = Self.place(query, access)
        try Self.cipher(access).seal(plaintext.span, aad: aad.span, to: &output)
        return Base64URL.encode(output)
    }

    /// - Throws: ``VaultError/invalid(_:)`` for anything but this query's own cursor.
    init(_ text: String, of query: Query, access: Access) throws {
        let aad = Self.place(query, access)
        guard let sealed = Base64URL.decode(text), let opened = try? Self.cipher(access).open(sealed.span, aad: aad.span),
            opened.count == 16
        else { throw VaultError.invalid("the cursor does not belong to this query") }
        let value = opened.withBytes { UInt128(bigEndianBytes: $0) }
        occurredAt = Int64(bitPattern: UInt64(truncatingIfNeeded: value >> 64))
        let signed = Int64(bitPattern: UInt64(truncatingIfNeeded: value))
        (id, isWithinTime) = (abs(signed), signed < 0)
    }

    init(occurredAt: Int64, id: Int64, isWithinTime: Bool) { (self.occurredAt, self.id, self.isWithinTime) = (occurredAt, id, isWithinTime) }

    private static func cipher(_ access: Access) throws -> FieldCipher {
        let cipher = try FieldCipher()
        let vault = access.session.vault
        try cipher.load(vault.keyring.key(.cursor, now: vault.clock()).secret)
        return cipher
    }

    private static func place(_ query: Query, _ access: Access) -> [UInt8] {
        let parts = [
            "vocvault cursor v1", access.session.principal, access.session.role, query.purpose,
            query.select.joined(separator: ","), query.filter.map { "\($0)" } ?? "",
            query.since?.description ?? "", query.until?.description ?? "",
        ]
        return SHA256.hash(Array(parts.joined(separator: "\u{0}").utf8))
    }
}
