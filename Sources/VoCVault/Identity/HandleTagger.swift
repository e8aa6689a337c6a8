import Policy
import Sealing
import Store

/// Makes a field's entries in the index from its values, and the marks that tell apart who shares them. One worker's.
final class HandleTagger {
    let reader: HandleReader
    /// The index's number in the store.
    let number: Int
    let mac: MACSession
    /// Whether customers are recognised by it though others may have it, so that names matter.
    let isMarked: Bool

    init(reader: HandleReader, number: Int, mac: MACSession, isMarked: Bool) { (self.reader, self.number, self.mac, self.isMarked) = (reader, number, mac, isMarked) }

    /// - Parameter names: marks of what of the record tells people apart.
    /// - Returns: false if the value identifies nobody.
    func forEach(
        _ value: ArraySlice<UInt8>, names: [NameMark], _ buffer: inout [UInt8], _ body: (_ tag: UInt128, _ isPlace: Bool, _ marks: [IndexEntry]) throws -> Void
    ) throws -> Bool {
        try reader.forEach(value, &buffer) { handle, reach in
            let tag = try mac.shortTag(handle.span)
            var marks: [IndexEntry] = []
            if isMarked {
                for name in names { marks.append(try HandleMark.entry(name.kind, name.text, at: tag, field: number, mac)) }
                if let extending = reach.extending { marks.append(try HandleMark.entry(.extending, extending, at: tag, field: number, mac)) }
            }
            try body(tag, reach.isPlace, marks)
        }
    }
}

extension Vault {
    /// - Parameter stored: as the store has it.
    /// - Returns: nil for a field that the schema has no longer.
    func tagger(of stored: IndexedField) throws -> (field: FieldSchema, tagger: HandleTagger)? {
        guard let field = policy.field(stored.name) else { return nil }
        let key = try keyring.key(.index(stored.name), version: stored.version, now: clock())
        let form = HandleForm(rawValue: stored.form) ?? .current
        let isMarked = form != .first && layout.isMarked(field)
        let reader = HandleReader(field.normalizer, form: form, country: policy.country)
        return (field, HandleTagger(reader: reader, number: stored.number, mac: try MACSession(key: key.secret), isMarked: isMarked))
    }

    /// The fields whose values tell people apart who share a handle.
    var distinguishingFields: [FieldSchema] { policy.fields.filter { $0.distinguishes && $0.isSealed } }
}
