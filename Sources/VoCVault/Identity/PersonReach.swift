import AuditLog
import Policy
import Store

/// What an operation on a person's data looked at and reaches.
struct PersonReach: Equatable {
    /// All who are one person, the head first.
    var customers: [Int64]
    /// How many handles of each field were searched, by the field's name.
    var handles: [String: Int]
    /// Fields of which others have a handle, too, and how many others.
    var sharers: [String: Int]
    /// How many records of others mention the person, as somebody has decided.
    var mentions: Int
    /// How many more may mention the person; nil: nobody has looked.
    var undecided: Int?

    /// For the entry of the operation; without values.
    var detail: [AuditDetail: String] {
        func list(_ counts: [String: Int]) -> String { counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
        var detail: [AuditDetail: String] = [.customers: String(customers.count)]
        if !handles.isEmpty { detail[.handles] = list(handles) }
        if !sharers.isEmpty { detail[.sharers] = list(sharers) }
        if mentions > 0 { detail[.mentions] = String(mentions) }
        return detail
    }

    /// - Throws: ``VaultError/needsConfirmation(_:)`` if others have one of the handles, or may mention the person: whoever goes on has to know.
    func requireNoOthers() throws {
        var reasons: [String] = []
        if !sharers.isEmpty {
            reasons.append(
                "others have the customer's \(sharers.keys.sorted().joined(separator: " and ")), and may be the same person: see 'subject find', and merge them")
        }
        if let undecided, undecided > 0 {
            reasons.append("\(undecided) records of others may mention the customer: see 'subject mentions list', and decide")
        }
        guard reasons.isEmpty else { throw VaultError.needsConfirmation(reasons.joined(separator: "; ") + "; or say --yes") }
    }
}

extension Vault {
    /// The whole person that a customer belongs to, by what stands in the indexes.
    func reach(of subject: Int64, _ reader: StoreReader) throws -> PersonReach {
        let customers = try reader.person(of: subject)
        let names = Dictionary(try reader.indexedFields(.current).map { ($0.number, $0.name) }) { $1 }
        let known = try reader.knownSubjects(customers.sorted())
        let entries = Set(customers.flatMap { known[$0]?.entries ?? [] }).filter { !$0.isMark && names[$0.field] != nil }
        let mentions = try reader.mentions(of: customers).count { $0.decision == .theirs }
        var reach = PersonReach(customers: customers, handles: [:], sharers: [:], mentions: mentions)
        for entry in entries {
            let name = names[entry.field]!
            reach.handles[name, default: 0] += 1
            let others = try reader.subjects(field: entry.field, tag: entry.tag).filter { !customers.contains($0) }
            if !others.isEmpty { reach.sharers[name, default: 0] += others.count }
        }
        return reach
    }
}
