import Policy
import Sealing
import Store

/// Makes customers' index entries match the values that their records have now.
final class SubjectIndexer {
    private struct Index {
        var number: Int
        var field: FieldSchema
        var mac: MACSession
    }

    private let editor: RecordEditor
    private let indexes: [Index]

    init(vault: Vault, of fields: [IndexedField]) throws {
        editor = try RecordEditor(vault: vault)
        indexes = try fields.compactMap { stored in
            guard let field = vault.policy.field(stored.name) else { return nil }
            let key = try vault.keyring.key(.index(stored.name), version: stored.version, now: vault.clock())
            return Index(number: stored.number, field: field, mac: try MACSession(key: key.secret))
        }
    }

    /// - Returns: the customer's tags, by index number.
    @discardableResult
    func index(_ subject: Int64, in writer: StoreWriter) throws -> [Int: [UInt128]] {
        let records = try writer.reader.sealedRecords(of: subject)
        var result: [Int: [UInt128]] = [:]
        for index in indexes {
            var tags: Set<UInt128> = []
            for record in records {
                guard let value = try editor.value(of: index.field, in: record) else { continue }
                if let normal = index.field.normalizer.handle(Array(value.utf8)[...]) { tags.insert(try index.mac.shortTag(normal.span)) }
            }
            result[index.number] = tags.sorted()
            try writer.setIndexEntries(of: subject, field: index.number, tags: tags.sorted())
        }
        return result
    }
}
