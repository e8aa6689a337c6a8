import Policy
import RedactedAPI
import Sealing
import Store

/// What a request for figures asks about: rows, and how they are grouped.
struct Asked: Codable {
    var filter: String?
    /// Milliseconds since 1970.
    var since: Int64?
    var until: Int64?
    var groupBy: [String]

    init(_ query: AggregateQuery) {
        (filter, since, until) = (query.filter?.description, query.since?.milliseconds, query.until?.milliseconds)
        groupBy = query.groupBy.map(\.name).sorted()
    }

    /// Whether it is about the same rows. Texts that Unicode considers equal still differ if their bytes do.
    func isAbout(_ other: Asked) -> Bool { bytes == other.bytes && (since, until) == (other.since, other.until) }

    private var bytes: [UInt8]? { filter.map { Array($0.utf8) } }

    /// The same for equal questions; reveals nothing about them without the key.
    func digest(under key: borrowing SecretBytes) throws -> [UInt8] {
        let identity = Array("\(filter ?? "")\u{0}\(since ?? .min)\u{0}\(until ?? .max)\u{0}\(groupBy.joined(separator: ","))".utf8)
        return try MACSession(key: key).tag(identity.span)
    }
}

/// Finds figures from which, together with others, those of a few customers follow by subtraction.
///
/// The others are the query without one part of its filter, whether it was asked or not, and every query that the principal asked
/// for the purpose within the remembered days. Their rows are compared as a whole; group with group, if both are grouped alike;
/// and each one's groups with the whole of the other.
struct DifferencingGuard {
    /// Maximum number of filter parts: each one costs a scan.
    static let maximumParts = 100

    private let access: Access
    private let query: AggregateQuery
    private let asked: Asked
    private let keys: [AggregateRequest.Grouping]
    private let search: TextSearch
    private let sealer: SealedJSON
    private let digest: [UInt8]
    private let today: Int64
    /// Digests of the earlier questions with which this one was compared.
    private var compared: Set<[UInt8]> = []
    /// The first day whose queries are remembered.
    private let oldest: Int64

    init(_ query: AggregateQuery, keys: [AggregateRequest.Grouping], access: Access, search: TextSearch) throws {
        (self.query, self.keys, self.access, self.search, asked) = (query, keys, access, search, Asked(query))
        let vault = access.session.vault
        guard query.filter?.isExpressible ?? true else { throw VaultError.invalid("the query language cannot express the filter") }
        sealer = try SealedJSON(.askedQueries, of: vault)
        digest = try asked.digest(under: vault.keyring.key(.askedQueries, now: vault.clock()).secret)
        let reading = vault.time.reading(vault.policy.clock)
        today = Int64(vault.localTime(at: reading.time).number)
        // Nothing is forgotten on the word of an untrusted clock.
        oldest = Int64(vault.localTime(at: reading.certain).number) - Int64(access.grant.disclosure.remembered)
    }

    private var minimum: Int { access.grant.disclosure.minimumGroup }
    private var place: String { "question of \(access.session.principal) for \(access.purpose)" }

    /// Groups of the query that must not be shown, because of what others tell.
    ///
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the query as a whole must not be answered.
    mutating func groupsTooClose(_ reader: StoreReader) throws -> Set<[StoredValue]> {
        guard minimum > 1 else { return [] }
        var close: Set<[StoredValue]> = []
        for filter in try neighbours() {
            let (comparison, residual) = try comparison(filter, query.since, query.until, isRemembered: false)
            close.formUnion(try nearlyEqual(comparison, residual, grouped: true, reader))
        }
        let earlier = try reader.asked(principal: access.session.principal, purpose: access.purpose, since: oldest, except: digest)
        compared = Set(earlier.map(\.digest))
        for (_, sealed) in earlier {
            let other = try sealer.open(sealed, as: Asked.self, place: place)
            if !other.isAbout(asked) { close.formUnion(try compare(other, reader)) }
        }
        return close
    }

    /// Remembers the query in the transaction that answers it. False if another query was answered since this one was compared.
    func note(in writer: StoreWriter) throws -> Bool {
        guard minimum > 1, access.grant.disclosure.remembered > 0 else { return true }
        let present = try writer.reader.askedDigests(principal: access.session.principal, purpose: access.purpose, since: oldest, except: digest)
        guard present.isSubset(of: compared) else { return false }
        try writer.noteAsked(
            principal: access.session.principal, purpose: access.purpose, digest: digest, query: sealer.seal(asked, place: place), day: today, oldest: oldest)
        return true
    }

    /// The filter without one of its parts, in every way; nil: no filter.
    private func neighbours() throws -> [Condition?] {
        guard let filter = query.filter else { return [] }
        let parts = filter.withoutOnePart
        guard parts.count < Self.maximumParts else { throw VaultError.invalid("the filter has more than \(Self.maximumParts) parts") }
        return [nil] + parts
    }

    /// Compares with an earlier query.
    private func compare(_ other: Asked, _ reader: StoreReader) throws -> Set<[StoredValue]> {
        let filter = try other.filter.map { try Condition(parsing: $0) }
        // Fields that the policy no longer shows have no rows to compare with.
        guard filter?.fields.allSatisfy(access.canCompare) ?? true else { return [] }
        let (since, until) = (other.since.map { Timestamp(milliseconds: $0) }, other.until.map { Timestamp(milliseconds: $0) })
        let isAlike = other.groupBy == asked.groupBy
        let (comparison, residual) = try comparison(filter, since, until, isRemembered: true)
        var close = try nearlyEqual(comparison, residual, grouped: isAlike, reader)
        guard !isAlike else { return close }
        if !other.groupBy.isEmpty {
            // Nor have they groups.
            guard let keys = try? other.groupBy.map({ try access.grouping(GroupKey($0)) }) else { return close }
            let reversed = Comparison(within: comparison.within, first: comparison.second, second: comparison.first)
            let near = try reader.groupsNearly(reversed, by: keys, limit: minimum, residual: residual)
            if !near.isEmpty { throw refusal }
        }
        if !keys.isEmpty {
            close.formUnion(try reader.groupsNearly(comparison, by: keys, limit: minimum, residual: residual))
        }
        return close
    }

    /// Groups in which the two sets of rows hardly differ.
    ///
    /// - Parameter grouped: whether to compare group with group; otherwise as a whole.
    private func nearlyEqual(_ comparison: Comparison, _ residual: Residual?, grouped: Bool, _ reader: StoreReader) throws -> Set<[StoredValue]> {
        let near = try reader.nearlyEqualGroups(comparison, by: grouped ? keys : [], limit: minimum, residual: residual)
        if near.contains([]) { throw refusal }
        return Set(near)
    }

    /// The query with another filter and time.
    private func comparison(_ filter: Condition?, _ since: Timestamp?, _ until: Timestamp?, isRemembered: Bool) throws -> (Comparison, Residual?) {
        var builder = ConditionBuilder(access: access, search: search)
        let within = try builder.condition(filter: nil, since: nil, until: nil)
        let first = try builder.part(filter: query.filter, since: query.since, until: query.until)
        let second = try builder.part(filter: filter, since: since, until: until, isRemembered: isRemembered)
        return (Comparison(within: within, first: first, second: second), try builder.usesSearch ? search.residual() : nil)
    }

    private var refusal: VaultError {
        .denied(
            action: Action.query.rawValue, rule: "differencing",
            hint: "together with other figures, these would reveal a group of fewer than \(minimum) customers")
    }
}

extension Condition {
    /// The condition without one of its parts, in every way.
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
