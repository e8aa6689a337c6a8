import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Synchronization
import VaultAPI
import Wire

/// Seals what queries asked for into their entries, under a key for each month: an officer can read it until retention destroys the key.
///
/// An entry's `question` is `MONTH:BASE64URL` of the sealed question, its `question_digest` the first 16 hexadecimal digits of a MAC of the
/// question under the same key: the same for equal questions of a month. Values of personal fields, and words that were searched
/// for, are in neither, but as tags (MACs under that key): whoever knows a value can tell whether it was asked for.
final class QuestionSealer: Sendable {
    /// Used by one thread at a time.
    private struct Tools: @unchecked Sendable {
        let month: String
        let cipher: FieldCipher
        let tags: MACSession

        init(_ month: String, key: borrowing SecretBytes) throws {
            self.month = month
            cipher = try FieldCipher()
            try cipher.load(HKDF.derive(from: key, salt: [], info: Array("vocvault question seal v1".utf8), count: 32))
            tags = try MACSession(key: HKDF.derive(from: key, salt: [], info: Array("vocvault question tag v1".utf8), count: 32))
        }

        func tag(_ text: String) throws -> String { String(try tags.tag(Array(text.utf8).span).hexadecimal.prefix(16)) }
    }

    private let tools = Mutex<Tools?>(nil)
    /// Of a longer question only the condition's length is kept, in bytes: an entry has an end.
    private static let longest = 20_000

    /// What an entry says about a question.
    func detail(_ question: AskedQuestion, by principal: String, in vault: Vault) throws -> [AuditDetail: String] {
        try using(vault) { tools in
            let bytes = try question.masked(in: vault.policy, tools.tag).json(withCondition: true)
            let kept = bytes.count <= Self.longest ? bytes : question.json(withCondition: false)
            return [
                .question: try Self.sealed(kept, Self.questionPlace(principal), tools), .questionDigest: String(try tools.tags.tag(bytes.span).hexadecimal.prefix(16)),
            ]
        }
    }

    /// What an alert about feedback tells, as its entry has it.
    func sealed(_ findings: [UInt8], of rule: String, in vault: Vault) throws -> String { try using(vault) { try Self.sealed(findings, Self.findingsPlace(rule), $0) } }

    private func using<T>(_ vault: Vault, _ body: (Tools) throws -> T) throws -> T {
        let month = String(Timestamp(milliseconds: vault.clock()).description.prefix(7))
        return try tools.withLock { tools in
            if tools?.month != month { tools = try Tools(month, key: vault.keyring.key(.questions(month: month), now: vault.clock()).secret) }
            return try body(tools!)
        }
    }

    private static func sealed(_ bytes: [UInt8], _ place: (String) -> [UInt8], _ tools: Tools) throws -> String {
        var sealed: [UInt8] = []
        let place = place(tools.month)
        try tools.cipher.seal(bytes.span, aad: place.span, to: &sealed)
        return "\(tools.month):\(Base64URL.encode(sealed))"
    }

    /// The question of an entry, as JSON; nil if the entry has none.
    ///
    /// - Throws: ``VaultError/notFound(_:)`` once the key of its month is destroyed; ``VaultError/integrity(_:)`` if it does not open.
    func question(of entry: AuditEntry, in vault: Vault) throws -> String? { try opened(entry[.question], Self.questionPlace(entry.principal), of: entry, in: vault) }

    /// What an alert about feedback tells, as JSON; nil if the entry is of no such alert.
    ///
    /// - Throws: as ``question(of:in:)`` does.
    func findings(of entry: AuditEntry, in vault: Vault) throws -> String? { try opened(entry[.findings], Self.findingsPlace(entry.rule), of: entry, in: vault) }

    private func opened(_ text: String?, _ place: (String) -> [UInt8], of entry: AuditEntry, in vault: Vault) throws -> String? {
        guard let parts = text?.split(separator: ":", maxSplits: 1), parts.count == 2 else { return nil }
        let month = String(parts[0])
        // Another process may have made the key, or have destroyed it.
        try vault.keyring.reload()
        guard vault.keyring.monthsWithQuestions.contains(month) else {
            throw VaultError.notFound("a question that can still be read (retention has destroyed the key of \(month))")
        }
        let tools = try Tools(month, key: vault.keyring.key(.questions(month: month), now: vault.clock()).secret)
        let place = place(month)
        guard let sealed = Base64URL.decode(String(parts[1])), let opened = try? tools.cipher.open(sealed.span, aad: place.span) else {
            throw VaultError.integrity("the question of entry \(entry.seq) does not open")
        }
        return opened.withBytes { String(plain: $0) }
    }

    private static func questionPlace(_ principal: String) -> (String) -> [UInt8] { { Array("vocvault question v1 \($0) \(principal)".utf8) } }

    private static func findingsPlace(_ rule: String) -> (String) -> [UInt8] { { Array("vocvault findings v1 \($0) \(rule)".utf8) } }
}

/// What a query asked for.
struct AskedQuestion {
    var select: [String] = []
    var groupBy: [String] = []
    var measures: [String] = []
    var filter: Condition?
    var since, until: Timestamp?
    var limit: Int?
    var having: Condition?
    var order: [String] = []
    var isCompared = false

    init(_ query: Query) { (select, filter, since, until, limit) = (query.select, query.filter, query.since, query.until, query.limit) }

    init(_ query: AggregateQuery) {
        (groupBy, measures) = (query.groupBy.map(\.name), query.measures.map(\.name))
        (filter, since, until) = (query.filter, query.since, query.until)
        (having, order, isCompared) = (query.having, query.order.map(\.description), query.isCompared)
    }

    /// The same with tags in place of values of personal fields and of words that were searched for.
    fileprivate func masked(in policy: PolicySet, _ tag: (String) throws -> String) rethrows -> AskedQuestion {
        var question = self
        question.filter = try filter.map { try Self.masked($0, policy, tag) }
        question.having = try having.map { try Self.masked($0, policy, tag) }
        return question
    }

    private static func masked(_ condition: Condition, _ policy: PolicySet, _ tag: (String) throws -> String) rethrows -> Condition {
        func value(_ value: Value, of field: String) throws -> Value {
            guard policy.field(field)?.isSealed == true else { return value }
            return .text("tag:\(try tag("\(field) \(value)"))")
        }
        return switch condition {
        case .compare(let field, let comparison, let literal): .compare(field: field, comparison, try value(literal, of: field))
        case .isIn(let field, let values): .isIn(field: field, try values.map { try value($0, of: field) })
        case .contains(let field, let words): .contains(field: field, "tag:\(try tag("\(field) \(words.lowercased())"))")
        case .isNull: condition
        case .and(let parts): .and(try parts.map { try masked($0, policy, tag) })
        case .or(let parts): .or(try parts.map { try masked($0, policy, tag) })
        case .not(let part): .not(try masked(part, policy, tag))
        }
    }

    /// Members that say nothing are absent.
    fileprivate func json(withCondition: Bool) -> [UInt8] {
        var members: [String: JSON] = [:]
        func list(_ texts: [String]) -> JSON? { texts.isEmpty ? nil : .array(texts.map { .string($0) }) }
        members["select"] = list(select)
        members["group_by"] = list(groupBy)
        members["measures"] = list(measures)
        if withCondition {
            members["where"] = filter.map { .string($0.description) }
            members["having"] = having.map { .string($0.description) }
        } else {
            members["where_bytes"] = filter.map { .integer(Int64($0.description.utf8.count)) }
        }
        members["since"] = since.map { .string($0.description) }
        members["until"] = until.map { .string($0.description) }
        members["order_by"] = list(order)
        members["compare"] = isCompared ? .boolean(true) : nil
        members["limit"] = limit.map { .integer(Int64($0)) }
        return JSON.object(members).bytes
    }
}

extension Access {
    /// What this access's entry says about what was asked.
    func asked(_ question: AskedQuestion) throws -> [AuditDetail: String] {
        try session.vault.questions.detail(question, by: session.principal, in: session.vault)
    }
}

extension Session {
    /// What a query asked for, or an alert about feedback told, as JSON, for whoever may read the log.
    ///
    /// - Parameter sequence: number of the query's entry.
    /// - Throws: ``VaultError/notFound(_:)`` if the entry has no question, or the key of its month is destroyed.
    package func auditQuestion(_ sequence: Int64) throws -> String {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            guard let found = try storedEntry(sequence).flatMap({ AuditEntry(canonicalBytes: $0) }),
                let question = try vault.questions.question(of: found, in: vault) ?? vault.questions.findings(of: found, in: vault)
            else {
                throw VaultError.notFound("a question in audit entry \(sequence)")
            }
            _ = try commit(access) { _ in ((), access.entry(target: String(sequence), rows: 1, detail: [.listed: "question"])) }
            return question
        }
    }
}
