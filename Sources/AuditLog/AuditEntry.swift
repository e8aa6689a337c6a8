import Foundation

/// Who did what (or was refused) to which data, when, for which purpose and why.
///
/// Never contains plaintext: targets are pseudonyms, and reasons are redacted beforehand.
public struct AuditEntry: Sendable, Equatable, Codable {
    public enum Outcome: String, Sendable, Codable {
        case allowed, denied, failed
    }

    /// Format of the entry.
    public var v = 1
    /// Position in the log, from 0.
    public var seq: Int64 = 0
    /// RFC 3339, UTC; never earlier than the entry before.
    public var time = ""
    /// When it happened, if that is not ``time``: the log's time had run ahead of the clock.
    public var clock: String?
    /// What the machine's clock said, if the vault had reason to doubt it.
    public var doubted: String?
    public var principal: String
    public var role: String
    public var purpose: String
    public var action: String
    public var outcome: Outcome
    /// The policy rule that decided.
    public var rule: String
    /// Pseudonym of the record or subject, or the id of a token.
    public var target: String?
    public var fields: [String]
    /// Rows or records that were released or changed.
    public var rows: Int64
    public var reason: String?
    /// The same in all entries of one request.
    public var request: String
    /// Where the request came from: a network address or `local uid N`; absent for what the vault did by itself.
    public var client: String?
    public var software: String
    /// Further facts about the action: counts, filters by field name, rule names. ``AuditDetail`` lists the names; entries of
    /// other versions may have more.
    public var detail: [String: String]

    public init(
        principal: String, role: String, purpose: String, action: String, outcome: Outcome, rule: String,
        target: String? = nil, fields: [String] = [], rows: Int64 = 0, reason: String? = nil, request: String,
        client: String? = nil, software: String, detail: [AuditDetail: String] = [:]
    ) {
        (self.principal, self.role, self.purpose, self.action) = (principal, role, purpose, action)
        (self.outcome, self.rule, self.target, self.fields) = (outcome, rule, target, fields)
        (self.rows, self.reason, self.request, self.client, self.software) = (rows, reason, request, client, software)
        self.detail = Dictionary(uniqueKeysWithValues: detail.map { ($0.key.rawValue, $0.value) })
    }

    /// When it happened, as far as the vault knew.
    public var moment: String { clock ?? time }

    /// The beginning of ``canonicalBytes``, which identifies entries of an action without reading the rest.
    package static func canonicalBeginning(of action: String) -> [UInt8] { Array("{\"action\":\"\(action)\"".utf8) }

    /// The bytes that are hashed and stored.
    public var canonicalBytes: [UInt8] {
        // Members are added in the order of canonical JSON.
        var members = CanonicalJSON.Members()
        members.add("action", action)
        if let client { members.add("client", client) }
        if let clock { members.add("clock", clock) }
        members.add("detail", .object(detail.mapValues { .string($0) }))
        if let doubted { members.add("doubted", doubted) }
        members.add("fields", .array(fields.map { .string($0) }))
        members.add("outcome", outcome.rawValue)
        members.add("principal", principal)
        members.add("purpose", purpose)
        if let reason { members.add("reason", reason) }
        members.add("request", request)
        members.add("role", role)
        members.add("rows", .integer(rows))
        members.add("rule", rule)
        members.add("seq", .integer(seq))
        members.add("software", software)
        if let target { members.add("target", target) }
        members.add("time", time)
        members.add("v", .integer(Int64(v)))
        return members.finish()
    }

    /// Reads an entry that `canonicalBytes` wrote; nil for anything else.
    public init?(canonicalBytes bytes: [UInt8]) {
        guard let entry = try? JSONDecoder().decode(AuditEntry.self, from: Data(bytes)), entry.canonicalBytes == bytes
        else { return nil }
        self = entry
    }
}
