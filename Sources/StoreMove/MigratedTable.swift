import Store
import StoreSQLite

/// A table that moves from files into a database, and into files when a snapshot is taken of one.
struct MigratedTable: Sendable {
    /// With its schema.
    let name: String
    /// Columns that its rows are in the order of, in both.
    let key: [String]
    /// Whether its rows only come and go with changes that the audit log tells of, so that what is there already need
    /// not move again.
    let isLarge: Bool

    private init(_ name: String, by key: [String], isLarge: Bool = false) { (self.name, self.key, self.isLarge) = (name, key, isLarge) }

    var isInKeyStore: Bool { name.hasPrefix("keystore.") }

    /// Its name in the files.
    var source: String {
        let own = String(name.split(separator: ".")[1])
        return LookupIndex.all.first { $0.name == own }?.settled ?? own
    }

    /// In an order in which each row finds what it refers to.
    static let all: [MigratedTable] = [
        MigratedTable("keystore.root_key", by: ["number"], isLarge: true),
        MigratedTable("keystore.data_key", by: ["kind", "name", "version"]),
        MigratedTable("keystore.former_audit_key", by: ["version"]),
        MigratedTable("keystore.subject_key", by: ["subject", "version"], isLarge: true),
        MigratedTable("keystore.subject_key_state", by: ["one"]),
        MigratedTable("keystore.erasure", by: ["seq"]),
        MigratedTable("keystore.protection", by: ["kind", "key"]),
        MigratedTable("keystore.protection_state", by: ["one"]),
        MigratedTable("keystore.tombstone", by: ["tag"]),
        MigratedTable("vault.subject", by: ["id"], isLarge: true),
        MigratedTable("vault.record", by: ["id"], isLarge: true),
        MigratedTable("vault.sealed", by: ["record"], isLarge: true),
        MigratedTable("vault.coded", by: ["record"]),
        MigratedTable("vault.pending_key_erasure", by: ["subject"]),
        MigratedTable("vault.hold", by: ["id"]),
        MigratedTable("vault.tombstone", by: ["tag"]),
        MigratedTable("vault.pending_protection", by: ["seq"]),
        MigratedTable("vault.record_uid", by: ["uid"], isLarge: true),
        MigratedTable("vault.blind_index", by: ["tag", "field", "subject"], isLarge: true),
        MigratedTable("vault.indexed_field", by: ["id"]),
        MigratedTable("vault.token", by: ["id"]),
        MigratedTable("vault.token_approval", by: ["token"]),
        MigratedTable("vault.restricted", by: ["subject"]),
        MigratedTable("vault.known_key", by: ["kind", "name"]),
        MigratedTable("vault.policy_version", by: ["seq"]),
        MigratedTable("vault.verified", by: ["kind"]),
        MigratedTable("vault.known_root", by: ["id"]),
        MigratedTable("vault.consent", by: ["subject", "purpose"]),
        MigratedTable("vault.consent_event", by: ["id"]),
        MigratedTable("vault.former_record", by: ["id"]),
        MigratedTable("vault.case_task", by: ["id"]),
        MigratedTable("vault.index_form", by: ["field"]),
        MigratedTable("vault.person", by: ["subject"]),
        MigratedTable("vault.link", by: ["id"]),
        MigratedTable("vault.moved", by: ["record"]),
        MigratedTable("vault.mention", by: ["subject", "record"]),
        MigratedTable("vault.changed", by: ["record"]),
        MigratedTable("vault.outbox", by: ["id"]),
        MigratedTable("vault.idempotency", by: ["principal", "key"]),
        MigratedTable("vault.usage", by: ["principal", "day", "quota"]),
        MigratedTable("vault.asked", by: ["principal", "purpose", "digest"]),
        MigratedTable("vault.release", by: ["first_day", "last_day"]),
        MigratedTable("vault.charged", by: ["zone", "first_day", "last_day"]),
        MigratedTable("vault.released", by: ["digest"]),
        MigratedTable("vault.intake", by: ["id"]),
        MigratedTable("vault.privacy_budget", by: ["principal", "purpose", "period"]),
        MigratedTable("vault.activity", by: ["principal", "scale", "slot", "action", "denied"]),
        MigratedTable("vault.alert", by: ["principal", "rule"]),
        MigratedTable("vault.audit", by: ["seq"], isLarge: true),
        MigratedTable("vault.audit_head", by: ["one"]),
        MigratedTable("vault.approval", by: ["id"]),
        MigratedTable("vault.subject_case", by: ["id"]),
        MigratedTable("vault.task", by: ["id"]),
        MigratedTable("vault.witnessed", by: ["origin"]),
    ]

    /// What only files have as tables of their own, or a database has from the beginning.
    static let ofFiles = [MigratedTable("vault.vault", by: ["vault_id"]), MigratedTable("vault.subject_record", by: ["subject", "record"])]

    /// Tables whose numbers are given out by the database, and the column of the number. Files remember the last one
    /// (`AUTOINCREMENT`) but of fields.
    static let numbered: [(table: String, column: String)] = remembered + [("vault.indexed_field", "id")]
    static let remembered: [(table: String, column: String)] = [
        ("keystore.root_key", "number"), ("keystore.erasure", "seq"), ("vault.approval", "id"), ("vault.subject_case", "id"), ("vault.task", "id"),
        ("vault.hold", "id"), ("vault.pending_protection", "seq"), ("vault.consent_event", "id"), ("vault.former_record", "id"),
        ("vault.case_task", "id"), ("vault.link", "id"), ("vault.outbox", "id"), ("vault.intake", "id"),
    ]
}

/// A value on its way.
enum MigratedValue: Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    init(_ row: any Row, _ column: Int, _ kind: BulkColumn.Kind) {
        if row.isNull(column) {
            self = .null
        } else {
            switch kind {
            case .integer: self = .integer(row.integer(column))
            case .text: self = .text(row.text(column))
            case .bytes: self = .bytes(row.bytes(column))
            case .real: if case .real(let real) = row.value(column) { self = .real(real) } else { self = .real(Double(row.integer(column))) }
            }
        }
    }

    func add(to inserter: any BulkInserter) {
        switch self {
        case .null: inserter.add(StoredValue.null)
        case .integer(let integer): inserter.add(integer)
        case .real(let real): inserter.add(StoredValue.real(real))
        case .text(let text): inserter.add(text)
        case .bytes(let bytes): inserter.add(bytes[...])
        }
    }
}

extension MigratedValue: Bindable {
    func bind(to statement: any Statement, at index: Int) {
        switch self {
        case .null: statement.bindNull(index)
        case .integer(let integer): statement.bind(index, integer)
        case .real(let real): statement.bind(index, real)
        case .text(let text): statement.bind(index, text)
        case .bytes(let bytes): statement.bind(index, bytes[...])
        }
    }
}
