import Policy
import Store

/// How the store represents the schema's fields.
struct RecordLayout: Sendable {
    /// A column of `record`, and the schema's field that fills it.
    struct Column: Sendable {
        var field: Int
        var column: PlainColumn
    }

    /// A field with a coarser form, which is sealed with the record's codes.
    struct Coarse: Sendable {
        var field: Int
        var generalization: Generalization
    }

    /// An indexed field.
    struct Index: Sendable {
        var field: Int
        /// Its number in the store.
        var number: Int
        /// The version of its key.
        var version: Int
        var resolveOrder: Int?
        /// Finds its entries in values, in the form that it was built with.
        var reader: HandleReader
    }

    let fields: [FieldSchema]
    let columns: [Column]
    let coarse: [Coarse]
    /// Names of the policy's own modules.
    let modules: Set<String>
    let indexes: [Index]
    /// Positions in `indexes`, in the order in which they identify a customer.
    let resolution: [Int]
    /// Their fields, in the same order.
    var resolvingFields: [FieldSchema] { resolution.map { fields[indexes[$0].field] } }

    /// Whether a field recognises customers though others may have its values, so that names matter: all but the company's own id.
    func isMarked(_ field: FieldSchema) -> Bool { field.resolveOrder != nil && field.name != resolvingFields.first?.name }

    /// Whether an index recognises customers by numbers that are given to somebody else some time after they were given up.
    func isRecycled(_ index: Int) -> Bool { fields[indexes[index].field].normalizer == .phone && index != resolution.first && indexes[index].resolveOrder != nil }

    /// Adds the columns and index numbers that the store lacks.
    init(policy: PolicySet, store: VaultStore) throws {
        fields = policy.fields
        modules = Set(policy.modules.map(\.name))
        var (columns, coarse): ([Column], [Coarse]) = ([], [])
        for (index, field) in fields.enumerated() {
            if let generalization = field.generalization {
                coarse.append(Coarse(field: index, generalization: generalization))
            } else if !field.isSealed {
                columns.append(Column(field: index, column: PlainColumn(name: "a_\(field.name)", kind: Self.kind(of: field))))
            }
        }
        (self.columns, self.coarse) = (columns, coarse)
        let wanted = columns.map(\.column)
        let indexed = fields.enumerated().filter { $0.element.indexed }
        let (present, others, known) = try store.read {
            (try $0.presentColumns(among: wanted), try $0.columnsOfOtherKind(among: wanted), try $0.indexedFields(.current))
        }
        try Self.requireNone(of: others, among: columns, fields)
        var current = known
        if present.count < wanted.count || indexed.contains(where: { field in !known.contains { $0.name == field.element.name } }) {
            current = try store.write { writer in
                try writer.ensureColumns(wanted)
                let known = try writer.reader.indexedFields(.current).map(\.name)
                for (_, field) in indexed where !known.contains(field.name) { try writer.addIndexedField(field.name, version: 1, .current, form: HandleForm.current.rawValue) }
                return try writer.reader.indexedFields(.current)
            }
        }
        let numbers = Dictionary(current.map { ($0.name, $0) }) { $1 }
        let indexes = indexed.map { offset, field in
            let stored = numbers[field.name]!
            let reader = HandleReader(field.normalizer, form: HandleForm(rawValue: stored.form) ?? .current, country: policy.country)
            return Index(field: offset, number: stored.number, version: stored.version, resolveOrder: field.resolveOrder, reader: reader)
        }
        self.indexes = indexes
        resolution = indexes.indices.filter { indexes[$0].resolveOrder != nil }
            .sorted { indexes[$0].resolveOrder! < indexes[$1].resolveOrder! }
    }

    /// - Throws: ``VaultError/keys(_:)`` if an index has a new key since this was made.
    func requireCurrentIndexes(_ reader: StoreReader) throws {
        let current = Set(try reader.indexedFields(.current).map(\.number))
        guard indexes.allSatisfy({ current.contains($0.number) }) else {
            throw VaultError.keys("the keys of the indexes were replaced: restart this process, or have the server reload (SIGHUP)")
        }
    }

    /// The store's column for a field, as a treatment shows it.
    func column(_ field: String, _ treatment: Treatment) -> String? {
        switch (BuiltinField(rawValue: field), treatment) {
        case (.source?, .reveal), (.channel?, .reveal), (.occurred_at?, .reveal), (.received_at?, .reveal): field
        case (let builtin?, .reveal) where builtin.isAnnotation: field
        case (nil, .reveal) where modules.contains(field): CodedColumn.own + field
        case (nil, .reveal): columns.first { $0.column.name == "a_\(field)" }?.column.name
        case (nil, .generalize): coarse.contains { fields[$0.field].name == field } ? CodedColumn.coarse + field : nil
        default: nil
        }
    }

    /// Checks that columns can hold what the schema now puts in them: SQLite would turn `007` into 7, and PostgreSQL would take
    /// nothing in.
    ///
    /// - Throws: `PolicyError` with each field.
    private static func requireNone(of others: [PlainColumn], among columns: [Column], _ fields: [FieldSchema]) throws {
        let problems = columns.filter { others.contains($0.column) }.map { column in
            let (field, isText) = (fields[column.field], column.column.kind == .text)
            return PolicyError.Problem(
                file: field.place.file, line: field.place.line,
                message: "field '\(field.name)' is \(isText ? "text" : "a number") now, and the vault holds \(isText ? "numbers" : "text") in it: "
                    + "give it its former type back, or the new one to a field of another name")
        }
        if !problems.isEmpty { throw PolicyError(problems) }
    }

    private static func kind(of field: FieldSchema) -> PlainColumn.Kind {
        switch field.kind {
        case .text, .date: .text
        case .integer, .boolean: .integer
        case .decimal: .real
        }
    }
}
