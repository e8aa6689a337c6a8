import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store
import Wire

/// Where a page of changes ended. Sealed, so that it shows nothing and cannot be forged; bound to the principal, to what is asked for and to the
/// records that the grant covers.
struct ChangePlace: Equatable {
    /// What is told in one order: changes up to one, and records that have come up to one.
    struct Block: Equatable {
        var record: Int64
        var seq: Int64
        /// Of the last one that was told, by its pseudonym.
        var last: UInt128
    }

    /// The last record of the blocks that were told whole, and the last change.
    var (record, seq): (Int64, Int64)
    /// The block that is being told; nil: the next one begins.
    var block: Block?
    /// The log's size then, and the beginning of the hash of its last leaf: a vault that was rolled back since has another.
    private var (size, leaf): (Int64, UInt128)
    /// Tells pseudonyms from those under a key that replaced theirs.
    private var pseudonyms: UInt128

    private static let (length, version): (Int, UInt8) = (90, 1)

    init(record: Int64, seq: Int64, block: Block?, _ pseudonyms: Pseudonyms, _ reader: StoreReader) throws {
        guard let size = try reader.auditHead()?.size, let leaf = try Self.leaf(size - 1, reader) else { throw VaultError.integrity("the audit log is gone") }
        (self.record, self.seq, self.block, self.size, self.leaf) = (record, seq, block, size, leaf)
        self.pseudonyms = try pseudonyms.place(of: 0)
    }

    /// - Parameter place: from ``bound(to:_:)``.
    func sealed(for place: [UInt8], by vault: Vault) throws -> String {
        var bytes = [Self.version, block == nil ? 0 : 1]
        for number in [record, seq, block?.record ?? 0, block?.seq ?? 0, size] { bytes.append(bigEndian: number) }
        for number in [block?.last ?? 0, leaf, pseudonyms] { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        return Base64URL.encode(try vault.cursors.sealed(bytes, for: place, in: vault))
    }

    /// - Throws: ``VaultError/invalid(_:)`` for anything other than a cursor of this principal's, for the same fields.
    init(_ text: String, for place: [UInt8], in vault: Vault) throws {
        guard let sealed = Base64URL.decode(text), let bytes = try vault.cursors.bytes(of: sealed, for: place, in: vault), bytes.count == Self.length, bytes[0] == Self.version
        else { throw VaultError.invalid("the cursor is not one of these changes: it goes with the principal, the purpose, the fields and the grant that it was made for") }
        func number(_ start: Int) -> Int64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) } }
        func wide(_ start: Int) -> UInt128 { bytes[start..<start + 16].reduce(0) { $0 << 8 | UInt128($1) } }
        (record, seq, size) = (number(2), number(10), number(34))
        block = bytes[1] == 0 ? nil : Block(record: number(18), seq: number(26), last: wide(42))
        (leaf, pseudonyms) = (wide(58), wide(74))
    }

    /// - Throws: ``VaultError/cursorGone(_:)`` if the vault, or what it remembers of changes, does not reach from here to now.
    func require(in reader: StoreReader, _ range: ChangeRange?, _ present: Pseudonyms) throws {
        guard let head = try reader.auditHead(), head.size >= size, try Self.leaf(size - 1, reader) == leaf else {
            throw VaultError.cursorGone("the cursor is of a state that this vault no longer has, as it was restored from a backup or continues another log: begin without it")
        }
        guard let range, seq >= range.forgotten else {
            throw VaultError.cursorGone("changes since this cursor are no longer known ('changes' in retention.yaml says how long they are): begin without it")
        }
        guard try present.place(of: 0) == pseudonyms else {
            throw VaultError.cursorGone("pseudonyms of the purpose were replaced since this cursor: begin without it")
        }
    }

    static func bound(to query: ChangeQuery, _ access: Access) -> [UInt8] {
        let parts = [
            "vocvault change cursor v1", access.session.principal, access.session.role, query.purpose, query.select.joined(separator: ","),
            access.grant.rows?.expression ?? "",
        ]
        return SHA256.hash(Array(parts.joined(separator: "\u{0}").utf8))
    }

    private static func leaf(_ entry: Int64, _ reader: StoreReader) throws -> UInt128? {
        var found: UInt128?
        try reader.forEachAuditEntry(from: entry, until: entry + 1) { _, bytes in
            found = KeptEntry.leafHash(of: bytes, using: SHA256()).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
        }
        return found
    }
}
