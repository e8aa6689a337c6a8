/// A table of the data whose rows the audit log commits to, with the columns that count.
///
/// A row is hashed as its table's number and its columns in this order. Neither changes once a format has shipped: what a later format
/// adds to a table comes last.
package struct StateTable: Sendable, Hashable {
    package struct Column: Sendable, Hashable {
        enum Kind: Sendable {
            case integer, text, bytes
        }

        var name: String
        var kind: Kind

        static func integer(_ name: String) -> Column { Column(name: name, kind: .integer) }
        static func text(_ name: String) -> Column { Column(name: name, kind: .text) }
        static func bytes(_ name: String) -> Column { Column(name: name, kind: .bytes) }
    }

    /// Never another table's.
    package let number: UInt8
    package let name: String
    let columns: [Column]
    /// How many of the columns, from the first, are its key.
    let keys: Int

    private init(_ number: UInt8, _ name: String, keys: Int = 1, _ columns: [Column]) {
        (self.number, self.name, self.columns, self.keys) = (number, name, columns, keys)
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

    package static let all: [StateTable] = [
        .token, .approval, .hold, .usage, .budget, .asked, .activity, .alert, .indexedField, .witnessed, .subjectCase, .task, .tombstone, .pendingKeyErasure,
        .vault,
    ]

    /// The bytes that stand for a row whose first columns are the table's: the table's number, and for each column a byte for its kind (0:
    /// null) and its value, an integer as 8 bytes, anything else after its length in 4, all of them big-endian.
    func bytes(of row: any Row) -> [UInt8] {
        var output = [number]
        for (index, column) in columns.enumerated() {
            if row.isNull(index) {
                output.append(0)
                continue
            }
            switch column.kind {
            case .integer:
                output.append(1)
                withUnsafeBytes(of: row.integer(index).bigEndian) { output.append(contentsOf: $0) }
            case .text: Self.append(3, Array(row.text(index).utf8), to: &output)
            case .bytes: Self.append(4, row.bytes(index), to: &output)
            }
        }
        return output
    }

    private static func append(_ kind: UInt8, _ value: [UInt8], to output: inout [UInt8]) {
        output.append(kind)
        withUnsafeBytes(of: UInt32(value.count).bigEndian) { output.append(contentsOf: $0) }
        output += value
    }
}
