import Policy
import Sealing
import Store

/// Makes customers' index entries match the values that their records have now.
final class SubjectIndexer {
    private let editor: RecordEditor
    private let indexes: [(field: FieldSchema, tagger: HandleTagger)]
    private let names: [FieldSchema]

    init(vault: Vault, of fields: [IndexedField]) throws {
        editor = try RecordEditor(vault: vault)
        indexes = try fields.compactMap(vault.tagger)
        names = vault.distinguishingFields
    }

    /// - Returns: the customer's tags, by index number.
    @discardableResult
    func index(_ subject: Int64, in writer: StoreWriter) throws -> [Int: [UInt128]] {
        let records = try writer.reader.sealedRecords(of: subject)
        var result: [Int: [UInt128]] = [:]
        var buffer: [UInt8] = []
        for (field, tagger) in indexes {
            var (tags, marks): (Set<UInt128>, Set<IndexEntry>) = ([], [])
            for record in records {
                guard let value = try editor.value(of: field, in: record) else { continue }
                let names =
                    try tagger.isMarked ? names.compactMap { try editor.value(of: $0, in: record).flatMap { DistinctName(Array($0.utf8)[...])?.marks } }.flatMap(\.self) : []
                _ = try tagger.forEach(Array(value.utf8)[...], names: names, &buffer) { tag, _, its in
                    tags.insert(tag)
                    marks.formUnion(its)
                }
            }
            result[tagger.number] = tags.sorted()
            try writer.setIndexEntries(of: subject, field: tagger.number, tags: tags.sorted(), marks: marks.sorted { ($0.field, $0.tag) < ($1.field, $1.tag) })
        }
        wipe(&buffer)
        return result
    }
}
