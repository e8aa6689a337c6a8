/// A table of the data whose rows the audit log commits to, with the columns that count.
///
/// A row is hashed as its table's number and its columns in this order (``RowBytes``). Neither changes once a format has shipped: what a later format
/// adds to a table comes last.
package struct StateTable: Sendable, Hashable {
    package struct Column: Sendable, Hashable {
        enum Kind: Sendable {
            case integer, text, bytes, real
        }

        var name: String
        var kind: Kind

        static func integer(_ name: String) -> Column { Column(name: name, kind: .integer) }
        static func text(_ name: String) -> Column { Column(name: name, kind: .text) }
        static func bytes(_ name: String) -> Column { Column(name: name, kind: .bytes) }
        static func real(_ name: String) -> Column { Column(name: name, kind: .real) }
    }

    /// Never another table's.
    package let number: UInt8
    package let name: String
    let columns: [Column]
    /// How many of the columns, from the first, are its key.
    let keys: Int
    /// The first format with the table.
    let since: StoredFormat

    private init(_ number: UInt8, _ name: String, since: StoredFormat = .state, keys: Int = 1, _ columns: [Column]) {
        (self.number, self.name, self.since, self.columns, self.keys) = (number, name, since, columns, keys)
    }

    var list: String { columns.map(\.name).joined(separator: ", ") }
    var order: String { columns.prefix(keys).map(\.name).joined(separator: ", ") }

    package static let token = StateTable(
        1, "token",
        [.text("id"), .text("principal"), .text("role"), .text("scope"), .bytes("hash"), .integer("created_at"), .integer("expires_at"), .integer("revoked_at")])
    package static let approval = StateTable(
        2, "approval",
        [
            .integer("id"), .text("principal"), .text("role"), .text("purpose"), .integer("record"), .text("field"), .text("reason"), .integer("asked_at"),
            .integer("expires_at"), .text("state"), .text("decided_by"),
        ])
    package static let hold = StateTable(
        3, "hold",
        [.integer("id"), .integer("subject"), .text("ground"), .text("set_by"), .integer("set_at"), .integer("ends_at"), .integer("released_at")])
    package static let usage = StateTable(4, "usage", keys: 3, [.text("principal"), .text("day"), .text("quota"), .integer("used")])
    package static let budget = StateTable(5, "privacy_budget", keys: 3, [.text("principal"), .text("purpose"), .integer("period"), .integer("spent")])
    /// What was asked of vaults up to format 4: nothing is added to it.
    package static let asked = StateTable(6, "asked", keys: 3, [.text("principal"), .text("purpose"), .bytes("digest"), .bytes("query"), .integer("day")])
    package static let activity = StateTable(
        7, "activity", keys: 5,
        [.text("principal"), .integer("scale"), .integer("slot"), .text("action"), .integer("denied"), .integer("times"), .integer("rows")])
    package static let alert = StateTable(8, "alert", keys: 2, [.text("principal"), .text("rule"), .integer("day")])
    package static let indexedField = StateTable(
        9, "indexed_field", [.integer("id"), .text("name"), .integer("version"), .text("state"), .integer("built"), .integer("records")])
    package static let witnessed = StateTable(10, "witnessed", [.text("origin"), .integer("size"), .bytes("root"), .integer("at")])
    package static let subjectCase = StateTable(
        11, "subject_case",
        [
            .integer("id"), .text("kind"), .integer("subject"), .text("status"), .integer("opened_at"), .integer("due_at"), .integer("closed_at"),
            .text("note"),
        ])
    package static let task = StateTable(12, "task", [.integer("id"), .text("state"), .text("owner"), .integer("due_at"), .bytes("body")])
    package static let tombstone = StateTable(13, "tombstone", [.bytes("tag"), .integer("erased_at"), .integer("ends_at"), .integer("copied")])
    package static let pendingKeyErasure = StateTable(14, "pending_key_erasure", [.integer("subject")])
    /// Without what is the database's own or never changes.
    package static let vault = StateTable(
        15, "vault", [.integer("last_record"), .integer("erasures_applied"), .integer("protections_applied"), .integer("backed_up_at"), .integer("resealed_at")])
    /// With its entries in the index, which follow from it.
    package static let subject = StateTable(
        16, "subject",
        [.integer("id"), .integer("identified"), .bytes("entries"), .text("restriction"), .integer("created_at"), .integer("erased_at")])
    package static let annotation = StateTable(
        17, "annotation", keys: 4, [.integer("record"), .text("module"), .text("label"), .integer("subject"), .real("score")])
    package static let coded = StateTable(30, "coded", since: .agreements, [.integer("record"), .integer("subject"), .bytes("codes")])
    /// What a record and its sealed body are stands in `mac`: see ``RecordSeal``.
    package static let record = StateTable(18, "record", [.integer("id"), .bytes("mac")])
    package static let tokenApproval = StateTable(
        19, "token_approval", since: .agreements, [.text("token"), .text("state"), .text("issued_by"), .text("decided_by")])
    package static let restricted = StateTable(20, "restricted", since: .agreements, [.integer("subject")])
    package static let knownKey = StateTable(21, "known_key", since: .agreements, keys: 2, [.text("kind"), .text("name")])
    package static let policyVersion = StateTable(
        22, "policy_version", since: .agreements, [.integer("seq"), .integer("at"), .bytes("digest"), .bytes("files")])

    package static let verified = StateTable(23, "verified", since: .agreements, [.text("kind"), .integer("at"), .integer("percent")])
    package static let knownRoot = StateTable(24, "known_root", since: .agreements, [.text("id"), .integer("since"), .integer("rewrapped")])

    package static let indexForm = StateTable(31, "index_form", since: .people, [.integer("field"), .integer("form")])
    package static let person = StateTable(
        32, "person", since: .people, [.integer("subject"), .integer("head"), .integer("since"), .text("joined_by")])
    package static let link = StateTable(
        33, "link", since: .people,
        [
            .integer("id"), .text("kind"), .integer("subject"), .integer("other"), .integer("record"), .text("field"), .text("doubt"), .text("asked_by"),
            .integer("asked_at"), .text("state"), .text("decided_by"), .integer("decided_at"),
        ])
    package static let moved = StateTable(34, "moved", since: .people, [.integer("record"), .integer("subject")])
    package static let release = StateTable(
        36, "release", since: .people, keys: 2, [.integer("first_day"), .integer("last_day"), .integer("cost")])
    package static let released = StateTable(37, "released", since: .people, [.bytes("digest"), .integer("last_day"), .bytes("figures")])

    /// What customers decided about purposes: the last about each, and the whole ledger.
    package static let consent = StateTable(
        40, "consent", since: .people, keys: 2, [.integer("subject"), .text("purpose"), .integer("decision"), .integer("at")])
    package static let consentEvent = StateTable(
        41, "consent_event", since: .people,
        [
            .integer("id"), .integer("subject"), .text("purpose"), .integer("decision"), .integer("at"), .integer("recorded_at"), .text("note"),
        ])
    /// What records were before their source changed them.
    package static let formerRecord = StateTable(
        42, "former_record", since: .people, [.integer("id"), .integer("record"), .integer("subject"), .integer("at"), .text("note")])
    /// What others have to do for customers' requests.
    package static let caseTask = StateTable(
        43, "case_task", since: .people,
        [
            .integer("id"), .integer("request"), .integer("subject"), .text("system"), .text("state"), .integer("asked_at"), .integer("answered_at"), .text("note"),
        ])

    /// Whether others' texts mean a customer whom they may mention.
    package static let mention = StateTable(
        44, "mention", since: .mentions, keys: 2, [.integer("subject"), .integer("record"), .integer("decision"), .text("decided_by"), .integer("at")])

    /// Which records have changed, for those who follow the vault.
    package static let changed = StateTable(45, "changed", since: .mentions, [.integer("record"), .integer("seq"), .integer("at")])

    /// What endpoints are to be told.
    package static let outbox = StateTable(
        46, "outbox", since: .mentions,
        [
            .integer("id"), .text("endpoint"), .text("stream"), .text("kind"), .integer("subject"), .text("body"), .integer("at"), .integer("attempts"),
            .integer("next_at"), .text("failure"),
        ])

    /// What was released about periods of days of a time zone; ``release`` has those of UTC up to format 6.
    package static let charged = StateTable(
        47, "charged", since: .zones, keys: 3, [.text("zone"), .integer("first_day"), .integer("last_day"), .integer("cost")])

    /// What came in from each source.
    package static let intake = StateTable(
        48, "intake", since: .zones,
        [
            .integer("id"), .text("source"), .integer("day"), .integer("began_at"), .integer("last_at"), .text("state"), .integer("stored"), .integer("replaced"),
            .integer("duplicates"), .integer("rejected"), .integer("erased_before"), .integer("latest"),
        ])

    package static let all: [StateTable] = [
        .token, .approval, .hold, .usage, .budget, .asked, .activity, .alert, .indexedField, .witnessed, .subjectCase, .task, .tombstone, .pendingKeyErasure,
        .vault, .subject, .annotation, .coded, .record, .tokenApproval, .restricted, .knownKey, .policyVersion, .verified, .knownRoot, .indexForm, .person, .link, .moved,
        .release, .released, .consent, .consentEvent, .formerRecord, .caseTask, .mention, .changed, .outbox, .charged, .intake,
    ]

    /// The bytes that stand for a row of ``coded``.
    static func codes(_ codes: ArraySlice<UInt8>, of record: Int64, subject: Int64) -> [UInt8] {
        var bytes = RowBytes(coded.number)
        bytes.add(record)
        bytes.add(subject)
        bytes.add(codes)
        return bytes.bytes
    }

    /// The bytes that stand for a row whose first columns are the table's.
    func bytes(of row: any Row) -> [UInt8] {
        var bytes = RowBytes(number)
        for (index, column) in columns.enumerated() {
            if row.isNull(index) {
                bytes.addNull()
            } else {
                switch column.kind {
                case .integer: bytes.add(row.integer(index))
                case .text: bytes.add(row.text(index))
                case .bytes: bytes.add(row.bytes(index)[...])
                case .real: bytes.add(row.value(index))
                }
            }
        }
        return bytes.bytes
    }
}

/// The bytes that stand for a row: the number of what it is a row of, and for each column a byte for its kind (0: null) and its value, a
/// number as 8 bytes, anything else after its length in 4, all of them big-endian.
struct RowBytes {
    private(set) var bytes: [UInt8]

    init(_ number: UInt8) {
        bytes = [number]
        bytes.reserveCapacity(256)
    }

    /// Further columns of a row.
    init(continuing row: ArraySlice<UInt8>) {
        bytes = []
        bytes.reserveCapacity(row.count + 32)
        bytes += row
    }

    /// Writes a row behind what is in a buffer, without one of its own.
    static func append(_ number: UInt8, to output: inout [UInt8], _ write: (inout RowBytes) -> Void) {
        var row = RowBytes(bytes: [])
        swap(&row.bytes, &output)
        row.bytes.append(number)
        write(&row)
        swap(&row.bytes, &output)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func addNull() { bytes.append(0) }

    mutating func add(_ integer: Int64) {
        bytes.append(1)
        append(UInt64(bitPattern: integer))
    }

    mutating func add(_ real: Double) {
        bytes.append(2)
        append(real.bitPattern)
    }

    mutating func add(_ text: String) {
        bytes.append(3)
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// A column that is a text.
    mutating func addText(_ column: Int, of row: any Row) {
        bytes.append(3)
        append(UInt32(0))
        let start = bytes.count
        row.appendText(column, to: &bytes)
        let length = UInt32(bytes.count - start)
        for offset in 0..<4 { bytes[start - 4 + offset] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * offset)) }
    }

    /// What others have made of values.
    mutating func add(made content: [UInt8]) { bytes += content }

    mutating func add(_ content: ArraySlice<UInt8>) {
        bytes.append(4)
        append(UInt32(content.count))
        bytes += content
    }

    mutating func add(_ identifier: UInt128) {
        bytes.append(4)
        append(UInt32(16))
        append(identifier)
    }

    /// A real number that is an integer may come back as one.
    mutating func add(_ value: StoredValue) {
        switch value {
        case .null: addNull()
        case .integer(let integer): add(Double(integer))
        case .real(let real): add(real)
        case .text(let text): add(text)
        }
    }

    private mutating func append(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
}
