import Policy
import Store

/// What speaks against two customers being one person.
enum LinkDoubt: String, CaseIterable {
    /// They have different names, or extensions of a number.
    case name
    /// They have different ids of the company's own.
    case id
    /// Nothing came from one of them for so long that the handle may have been given to somebody else.
    case gap
    /// One of them is restricted, and the other is not.
    case protection
}

extension Vault {
    /// Joins customers who share a handle, as the schema has it, or proposes it. Runs in the transaction that stores their records.
    func link(_ wishes: [LinkWish], in writer: StoreWriter, at now: Int64) throws {
        let heads = try writer.reader.heads(of: Set(wishes.flatMap { [$0.subject, $0.other] }))
        let apart = wishes.filter { (heads[$0.subject] ?? $0.subject) != (heads[$0.other] ?? $0.other) }
        guard !apart.isEmpty else { return }
        try writer.reader.requirePersons()
        for wish in apart {
            let field = layout.fields[layout.indexes[wish.index].field]
            guard let link = field.link else { continue }
            let (one, other) = (try writer.reader.members(of: wish.subject), try writer.reader.members(of: wish.other))
            guard one[0] != other[0] else { continue }
            let earlier = try writer.reader.links(between: one, and: other)
            // It was proposed, or decided, before.
            if earlier.contains(where: { $0.state == .proposed || $0.state == .rejected || $0.kind == .split }) { continue }
            var doubt = wish.isNamedOtherwise ? LinkDoubt.name : nil
            if doubt == nil { doubt = try self.doubt(about: one, other, writer.reader) }
            if link == .join, doubt == nil {
                _ = try writer.addLink(
                    LinkRow(
                        kind: .join, subject: wish.subject, other: wish.other, field: field.name, askedBy: "policy", askedAt: now, state: .done, decidedBy: "policy",
                        decidedAt: now))
                try writer.join(wish.subject, wish.other, at: now, by: "policy")
            } else {
                _ = try writer.addLink(
                    LinkRow(kind: .join, subject: wish.subject, other: wish.other, field: field.name, doubt: doubt?.rawValue, askedBy: "policy", askedAt: now))
            }
        }
    }

    /// - Parameters:
    ///   - one: the customers of a person.
    ///   - other: those of another.
    func doubt(about one: [Int64], _ other: [Int64], _ reader: StoreReader) throws -> LinkDoubt? {
        let known = try reader.knownSubjects((one + other).sorted())
        func has(_ people: [Int64], _ property: (KnownSubject) -> Bool) -> Bool { people.contains { known[$0].map(property) ?? false } }
        func entries(_ people: [Int64]) -> [IndexEntry] { people.flatMap { known[$0]?.entries ?? [] } }
        if HandleMark.differ(entries(one), entries(other)) { return .name }
        if has(one, \.identified), has(other, \.identified) { return .id }
        if has(one, \.restricted) != has(other, \.restricted) { return .protection }
        if let last = try reader.lastOccurred(of: one), let otherLast = try reader.lastOccurred(of: other),
            abs(last - otherLast) > policy.linkGap
        {
            return .gap
        }
        return nil
    }
}
