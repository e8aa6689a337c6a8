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

    /// For the entry of the operation; without values.
    var detail: [AuditDetail: String] {
        func list(_ counts: [String: Int]) -> String { counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
        var detail: [AuditDetail: String] = [.customers: String(customers.count)]
        if !handles.isEmpty { detail[.handles] = list(handles) }
        if !sharers.isEmpty { detail[.sharers] = list(sharers) }
        return detail
    }
}

extension Vault {
    /// The whole person that a customer belongs to, by what stands in the indexes.
    func reach(of subject: Int64, _ reader: StoreReader) throws -> PersonReach {
        let customers = try reader.person(of: subject)
        let names = Dictionary(try reader.indexedFields(.current).map { ($0.number, $0.name) }) { $1 }
        let known = try reader.knownSubjects(customers.sorted())
        let entries = Set(customers.flatMap { known[$0]?.entries ?? [] }).filter { !$0.isMark && names[$0.field] != nil }
        var reach = PersonReach(customers: customers, handles: [:], sharers: [:])
        for entry in entries {
            let name = names[entry.field]!
            reach.handles[name, default: 0] += 1
            let others = try reader.subjects(field: entry.field, tag: entry.tag).filter { !customers.contains($0) }
            if !others.isEmpty { reach.sharers[name, default: 0] += others.count }
        }
        return reach
    }
}
