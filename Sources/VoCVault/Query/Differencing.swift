import Policy
import RedactedAPI
import Sealing
import Storage

/// What figures were asked about: rows, and how they are grouped.
private struct Asked: Codable {
    var filter: String?
    /// Milliseconds since 1970.
    var since: Int64?
    var until: Int64?
    var groupBy: [String]

    init(_ query: AggregateQuery) {
        (filter, since, until) = (query.filter?.description, query.since?.milliseconds, query.until?.milliseconds)
        groupBy = query.groupBy.map(\.name).sorted()
    }

    /// Whether it is about the same rows.
    func isAbout(_ other: Asked) -> Bool { (filter, since, until) == (other.filter, other.since, other.until) }

    /// Equal for equal questions.
    var identity: [UInt8] {
        Array("\(filter ?? "")\u{0}\(since ?? .min)\u{0}\(until ?? .max)\u{0}\(groupBy.joined(separator: ","))".utf8)
    }
}

/// Finds figures from which, together with others, those of a few customers follow by subtraction.
///
/// The others are the query without one part of its filter, whether it was asked or not, and every query that the
/// principal asked for the purpose within the remembered days. Compared are their rows as a whole, group with group
/// where both are grouped alike, and each one's groups with the other's whole.
struct DifferencingGuard {
    /// Parts of a filter that are looked at; more would be as many scans.
    static let maximumParts = 100

    private let access: Access
    private let query: AggregateQuery
    private let asked: Asked
    private let keys: [AggregateRequest.Grouping]
    private let search: TextSearch
    private let sealer: SealedJSON
    private let digest: [UInt8]
    private let today: Int64
    /// The first day of which queries are remembered.
    private let oldest: Int64

    init(_ query: AggregateQuery, keys: [AggregateRequest.Grouping], access: Access, search: TextSearch) throws {
        (self.query, self.keys, self.access, self.search, asked) = (query, keys, access, search, Asked(query))
        let vault = access.session.vault
        if let filter = query.filter, (try? Condition(parsing: filter.description)) != filter {
            throw VaultError.invalid("the filter has a null or an empty list, which compare with nothing")
        }
        sealer = try SealedJSON(.askedQueries, of: vault)
        let identity = asked.identity
        digest = try MACSession(key: vault.keyring.key(.askedQueries, now: vault.clock()).secret).tag(identity.span)
        let reading = vault.time.reading(vault.policy.clock)
        today = Int64(vault.localTime(at: reading.time).number)
        // Nothing is forgotten by a clock that nothing vouches for.
        oldest = Int64(vault.localTime(at: reading.certain).number) - Int64(access.grant.disclosure.remembered)
    }

    private var minimum: Int { access.grant.disclosure.minimumGroup }
    private var place: String { "question of \(access.session.principal) for \(access.purpose)" }

    /// Groups of the query that must not be shown beside what others tell.
    ///
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` when the query as a whole must not be answered.
    func groupsTooClose() throws -> Set<[StoredValue]> {
        guard minimum > 1 else { return [] }
        var close: Set<[StoredValue]> = []
        for filter in try neighbours() { close.formUnion(try compare(filter, query.since, query.until, grouped: true)) }
        let earlier = try access.session.store.read {
            try $0.asked(principal: access.session.principal, purpose: access.purpose, since: oldest, except: digest)
        }
        for sealed in earlier {
            let other = try sealer.open(sealed, as: Asked.self, place: place)
            if !other.isAbout(asked) { close.formUnion(try compare(other)) }
        }
        return close
    }

    /// Remembers the query in the transaction that answers it.
    func note(in writer: StoreWriter) throws {
        guard minimum > 1, access.grant.disclosure.remembered > 0 else { return }
        try writer.noteAsked(
            principal: access.session.principal, purpose: access.purpose, digest: digest, query: sealer.seal(asked, place: place), day: today, oldest: oldest)
    }

    /// The filter with one part taken out; nil: no filter.
    private func neighbours() throws -> [Condition?] {
        guard let filter = query.filter else { return [] }
        let parts = filter.withoutOnePart
        guard parts.count < Self.maximumParts else { throw VaultError.invalid("the filter has more than \(Self.maximumParts) parts") }
        return [nil] + parts
    }

    /// Compares with a query that was asked before.
    private func compare(_ other: Asked) throws -> Set<[StoredValue]> {
        let filter = try other.filter.map { try Condition(parsing: $0) }
        // What the policy has ceased to show has no rows to compare with.
        guard filter?.fields.allSatisfy({ access.treatment($0) != .deny }) ?? true else { return [] }
        let (since, until) = (other.since.map { Timestamp(milliseconds: $0) }, other.until.map { Timestamp(milliseconds: $0) })
        let isAlike = other.groupBy == asked.groupBy
        var close = try compare(filter, since, until, grouped: isAlike)
        guard !isAlike else { return close }
        let (comparison, residual) = try comparison(filter, since, until)
        if !other.groupBy.isEmpty {
            // Nor has it groups.
            guard let keys = try? other.groupBy.map({ try access.grouping(GroupKey($0)) }) else { return close }
            let reversed = Comparison(within: comparison.within, first: comparison.second, second: comparison.first)
            let near = try access.session.store.read { try $0.groupsNearly(reversed, by: keys, limit: minimum, residual: residual) }
            if !near.isEmpty { throw refusal }
        }
        if !keys.isEmpty {
            close.formUnion(try access.session.store.read { try $0.groupsNearly(comparison, by: keys, limit: minimum, residual: residual) })
        }
        return close
    }

    /// Compares with the rows of another filter and time.
    ///
    /// - Parameter grouped: group with group; else as a whole.
    private func compare(_ filter: Condition?, _ since: Timestamp?, _ until: Timestamp?, grouped: Bool) throws -> Set<[StoredValue]> {
        let (comparison, residual) = try comparison(filter, since, until)
        let near = try access.session.store.read {
            try $0.nearlyEqualGroups(comparison, by: grouped ? keys : [], limit: minimum, residual: residual)
        }
        if near.contains([]) { throw refusal }
        return Set(near)
    }

    private func comparison(_ filter: Condition?, _ since: Timestamp?, _ until: Timestamp?) throws -> (Comparison, Residual?) {
        var builder = ConditionBuilder(access: access, search: search)
        let within = try builder.condition(filter: nil, since: nil, until: nil)
        let first = try builder.part(filter: query.filter, since: query.since, until: query.until)
        let second = try builder.part(filter: filter, since: since, until: until)
        return (Comparison(within: within, first: first, second: second), try builder.usesSearch ? search.residual() : nil)
    }

    private var refusal: VaultError {
        .denied(
            action: Action.query.rawValue, rule: "differencing",
            hint: "from these figures and others those of fewer than \(minimum) customers would follow")
    }
}

extension Condition {
    /// The condition with one part taken out, in every way.
    fileprivate var withoutOnePart: [Condition] {
        switch self {
        case .and(let parts): Self.variants(of: parts).map { $0.count == 1 ? $0[0] : .and($0) }
        case .or(let parts): Self.variants(of: parts).map { $0.count == 1 ? $0[0] : .or($0) }
        case .isIn(let field, let values) where values.count > 1:
            values.indices.map { index in
                var rest = values
                rest.remove(at: index)
                return .isIn(field: field, rest)
            }
        case .not(let part): part.withoutOnePart.map { .not($0) }
        default: []
        }
    }

    private static func variants(of parts: [Condition]) -> [[Condition]] {
        parts.indices.flatMap { index in
            var rest = parts
            let part = rest.remove(at: index)
            let changed = part.withoutOnePart.map { variant in
                var copy = parts
                copy[index] = variant
                return copy
            }
            return parts.count > 1 ? [rest] + changed : changed
        }
    }
}
