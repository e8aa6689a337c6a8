/// An entry of the audit log.
public struct LoggedEntry: Codable, Sendable, Equatable {
    public enum Outcome: String, Word {
        case allowed, denied, failed
    }

    /// Format of the entry.
    public var v: Int
    /// Position in the log, from 0.
    public var seq: Int64
    /// RFC 3339, UTC; never earlier than the entry before.
    public var time: String
    /// When it happened, if that is not ``time``: the log's time had run ahead of the clock.
    public var clock: String?
    /// What the machine's clock said, if the vault had reason to doubt it.
    public var doubted: String?
    public var principal: String
    /// What the principal signed in with: a token's id, or the issuer of an identity token and whom it names there.
    public var token: String?
    public var role: String
    public var purpose: String
    public var action: String
    public var outcome: Outcome
    /// The policy that was in force: the beginning of its files' SHA-256, 16 hexadecimal digits.
    public var policy: String?
    /// The policy rule that decided.
    public var rule: String
    /// Pseudonym of the record or subject, or the id of a token.
    public var target: String?
    public var fields: [String]
    /// Rows or records that were released or changed.
    public var rows: Int64
    /// One that is about a customer is sealed in the log (`sealed_reason`), and opened here; `[erased]` once the customer is erased.
    public var reason: String?
    /// The same in all entries of one request.
    public var request: String
    /// Where the request came from; absent for what the vault did by itself.
    public var client: String?
    public var software: String
    /// Commits to what the vault's tables held after the entry's transaction: 32 bytes in hexadecimal.
    public var state: String?
    /// Further facts about the action.
    public var detail: [String: String]

    /// Whether it only records that somebody looked at a page of the console, which was about nobody.
    public var isView: Bool { detail["view"] != nil && target == nil }

    package init(
        v: Int, seq: Int64, time: String, clock: String?, doubted: String?, principal: String, token: String?, role: String, purpose: String, action: String,
        outcome: Outcome, policy: String?, rule: String, target: String?, fields: [String], rows: Int64, reason: String?, request: String, client: String?, software: String,
        state: String?, detail: [String: String]
    ) {
        (self.v, self.seq, self.time, self.clock, self.doubted) = (v, seq, time, clock, doubted)
        (self.principal, self.token, self.role, self.purpose, self.action) = (principal, token, role, purpose, action)
        (self.outcome, self.policy, self.rule, self.target, self.fields, self.rows) = (outcome, policy, rule, target, fields, rows)
        (self.reason, self.request, self.client, self.software, self.state, self.detail) = (reason, request, client, software, state, detail)
    }
}
