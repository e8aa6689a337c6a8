import Foundation
import Wire

/// Who did what (or was refused) to which data, when, for which purpose and why.
///
/// Never contains plaintext: targets are pseudonyms, reasons are redacted beforehand, and one that is about a customer is sealed
/// (``AuditDetail/sealedReason``).
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
    /// What the principal signed in with: a token's id, or the issuer of an identity token and whom it names there. Absent for what the vault
    /// did by itself.
    public var token: String?
    public var role: String
    public var purpose: String
    public var action: String
    public var outcome: Outcome
    /// The policy that was in force: the beginning of its files' SHA-256, 16 hexadecimal digits. Entries of earlier versions lack it.
    public var policy: String?
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
    /// Commits to what the vault's tables hold after the entry's transaction, whose last it is: 32 bytes in hexadecimal, a MAC that only
    /// the vault can make.
    public var state: String?
    /// Further facts about the action: counts, filters by field name, rule names. ``AuditDetail`` lists the names; entries of
    /// other versions may have more.
    public var detail: [String: String]

    public init(
        principal: String, token: String? = nil, role: String, purpose: String, action: String, outcome: Outcome, rule: String,
        target: String? = nil, fields: [String] = [], rows: Int64 = 0, reason: String? = nil, request: String,
        client: String? = nil, software: String, detail: [AuditDetail: String] = [:]
    ) {
        (self.principal, self.token, self.role, self.purpose, self.action) = (principal, token, role, purpose, action)
        (self.outcome, self.rule, self.target, self.fields) = (outcome, rule, target, fields)
        (self.rows, self.reason, self.request, self.client, self.software) = (rows, reason, request, client, software)
        self.detail = Dictionary(uniqueKeysWithValues: detail.map { ($0.key.rawValue, $0.value) })
    }

    /// When it happened, as far as the vault knew.
    public var moment: String { clock ?? time }

    /// How ``canonicalBytes`` begin, which tells entries of an action without reading the rest.
    package static func canonicalBeginning(of action: String) -> [UInt8] {
        var (output, members) = ([UInt8](), JSON.Object())
        members.add("action", action, to: &output)
        return output
    }

    /// The bytes that are hashed and stored.
    public var canonicalBytes: [UInt8] {
        // In the order that canonical JSON puts them into.
        var (output, members) = ([UInt8](), JSON.Object())
        output.reserveCapacity(640)
        func add(_ name: String, _ text: String) { members.add(name, text, to: &output) }
        func add(_ name: String, _ value: JSON) { members.add(name, value, to: &output) }
        add("action", action)
        if let client { add("client", client) }
        if let clock { add("clock", clock) }
        add("detail", .object(detail.mapValues { .string($0) }))
        if let doubted { add("doubted", doubted) }
        add("fields", .array(fields.map { .string($0) }))
        add("outcome", outcome.rawValue)
        if let policy { add("policy", policy) }
        add("principal", principal)
        add("purpose", purpose)
        if let reason { add("reason", reason) }
        add("request", request)
        add("role", role)
        add("rows", .integer(rows))
        add("rule", rule)
        add("seq", .integer(seq))
        add("software", software)
        if let state { add("state", state) }
        if let target { add("target", target) }
        add("time", time)
        if let token { add("token", token) }
        add("v", .integer(Int64(v)))
        members.end(&output)
        return output
    }

    /// Reads an entry that `canonicalBytes` wrote; nil for anything else.
    public init?(canonicalBytes bytes: [UInt8]) {
        guard let entry = try? JSONDecoder().decode(AuditEntry.self, from: Data(bytes)), entry.canonicalBytes == bytes
        else { return nil }
        self = entry
    }
}
