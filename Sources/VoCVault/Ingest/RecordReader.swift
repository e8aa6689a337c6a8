/// Reads the records of an input, whatever its format. One worker's state.
struct RecordReader {
    private var json: JSONRecordReader
    private let csv: CSVRecordReader?
    private var mapped: MappedReader?

    init(_ kind: Kind, table: FieldTable) {
        json = JSONRecordReader(table: table)
        switch kind {
        case .json: (csv, mapped) = (nil, nil)
        case .csv(let reader): (csv, mapped) = (reader, nil)
        case .mapped(let reader): (csv, mapped) = (nil, reader)
        }
    }

    /// The reader of an input's format, before it has read anything.
    enum Kind: Sendable {
        case json
        case csv(CSVRecordReader)
        case mapped(MappedReader)
    }

    mutating func read(_ bytes: [UInt8], _ range: Range<Int>, into fields: inout RecordFields) throws(RecordError) {
        if let csv {
            try csv.read(bytes, range, into: &fields)
        } else if mapped != nil {
            try mapped!.read(bytes, range, into: &fields)
        } else {
            try json.read(bytes, range, into: &fields)
        }
    }

    /// A time in the form in which records have it. People write the vault's own tables, too; programs write its JSON.
    func time(_ text: String) -> String? { csv == nil ? nil : SourceTime.standard(text, order: nil) }

    /// Columns and members with values that nothing maps.
    var unmapped: Set<String> { mapped?.unmapped ?? json.unmapped }
}
