import Policy
import Sealing
import Store

/// Recognises what was erased without keeping it: HMAC-SHA-256, 128 bits, under a key with no other use.
final class TombstoneTags {
    private let mac: MACSession

    init(key: borrowing SecretBytes) throws { mac = try MACSession(key: key) }

    convenience init(_ vault: Vault) throws { try self.init(key: vault.keyring.key(.tombstone, now: vault.clock()).secret) }

    /// Of a record, by its idempotency key.
    func record(_ uid: UInt128) throws -> UInt128 { try tag("record", uid.bigEndianBytes) }

    /// Of a customer's identifier, in its indexed form.
    func identifier(_ field: String, _ normal: [UInt8]) throws -> UInt128 { try tag("identifier \(field)", normal) }

    /// Of what a record says.
    func content(_ message: [UInt8]) throws -> UInt128 { try tag("content", message) }

    /// Of a text, as it stood in a record.
    func text(_ bytes: [UInt8]) throws -> UInt128 { try tag("text", bytes) }

    private func tag(_ kind: String, _ value: [UInt8]) throws -> UInt128 {
        let message = Array(kind.utf8) + [0] + value
        return try mac.shortTag(message.span)
    }
}

extension Vault {
    /// When a tombstone of something erased at this time expires.
    func tombstoneEnd(from erased: Int64) -> Int64 { erased + Int64(policy.tombstones.days) * 86_400_000 }

    /// Deletes customers with everything they have, and leaves tombstones of their records and, if the policy says so, of their
    /// identifiers.
    ///
    /// - Returns: how many records there were.
    func erase(_ subjects: [Int64], in writer: StoreWriter, at now: Int64) throws -> Int {
        var stones: [UInt128] = []
        let fields = policy.tombstones.identifiers.compactMap(policy.field)
        if !fields.isEmpty {
            for subject in subjects { stones += try identifierTags(of: subject, fields, writer.reader) }
        }
        for subject in subjects { try forgetProtections(of: subject, in: writer) }
        let records = try writer.eraseSubjects(subjects, at: now)
        try bury(records, besides: stones, in: writer, at: now)
        return records.count
    }

    /// Leaves tombstones of records that were deleted.
    func bury(_ records: [UInt128], besides others: [UInt128] = [], in writer: StoreWriter, at now: Int64) throws {
        guard !records.isEmpty || !others.isEmpty else { return }
        let tags = try TombstoneTags(self)
        let end = tombstoneEnd(from: now)
        try writer.addTombstones((records.map(tags.record) + others).map { Tombstone(tag: $0, erasedAt: now, endsAt: end) })
        hasNewProtections.store(true, ordering: .releasing)
    }

    /// The tag of the customer's strongest identifier: the first of the fields that identify customers that any of the records
    /// has; nil if none has one.
    func strongestIdentifier(of subject: Int64, _ reader: StoreReader) throws -> String? {
        for field in layout.resolvingFields {
            if let tag = try identifierTags(of: subject, [field], reader).first { return String(tag, radix: 16) }
        }
        return nil
    }

    private func identifierTags(of subject: Int64, _ fields: [FieldSchema], _ reader: StoreReader) throws -> [UInt128] {
        let (tags, editor) = (try TombstoneTags(self), try RecordEditor(vault: self))
        var found: Set<UInt128> = []
        // If a customer's key is gone already, no values can be read.
        for record in try reader.sealedRecords(of: subject) where record.key != nil {
            for field in fields {
                guard let value = try editor.value(of: field, in: record) else { continue }
                for handle in policy.readers(of: field)[0].handles(value) { found.insert(try tags.identifier(field.name, handle)) }
            }
        }
        return found.sorted()
    }

    /// Removes expired tombstones, among the data and beside the keys; returns how many.
    func removeEndedTombstones(in writer: StoreWriter, at now: Int64) throws -> Int {
        let count = try writer.removeTombstones(endedBy: now)
        if count > 0 { _ = try store.keys.removeTombstones(endedBy: now) }
        // Nor has anybody a snapshot any more that could bring these back.
        for row in try store.keys.protections(Protection.Kind.mention.rawValue) {
            if case .mention(_, _, _, let end) = try open(row), end <= now { try unprotect(.mention, row.key, in: writer) }
        }
        return count
    }
}
