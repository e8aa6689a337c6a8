import Policy
import RedactedAPI
import Store
import Wire

/// What a record says that its customer decided about a purpose: a member of `customer.consent`.
struct StatedDecision: Sendable {
    var purpose: String
    var decision: ConsentDecision
    /// Milliseconds since 1970; that of the record, if it says nothing else.
    var at: Int64
    var version: String?
    var proof: String?

    /// Where records state them, and what they go by in columns: `customer.consent.insight`, `customer.consent.insight.version`.
    static let path = "customer.consent"
    private static let parts = ["at", "version", "proof"]

    /// Reads the decisions of a record; there are seldom any.
    static func read(_ fields: RecordFields, occurredAt: Int64, latest: Int64, policy: PolicySet) throws(RecordError) -> [StatedDecision] {
        var stated: [String: [String: String]] = [:]
        if let range = fields.consent { try readObject(Array(fields.arena[range]), policy, &stated) }
        for (path, range) in fields.consentParts {
            let name = path.dropFirst(Self.path.utf8.count + 1)
            if policy.purposes[String(name)] != nil {
                stated[String(name), default: [:]]["decision"] = fields.string(range)
            } else if let dot = name.lastIndex(of: "."), case let part = String(name[name.index(after: dot)...]), parts.contains(part),
                policy.purposes[String(name[..<dot])] != nil
            {
                stated[String(name[..<dot]), default: [:]][part] = fields.string(range)
            } else {
                throw unknownPurpose
            }
        }
        var decisions: [StatedDecision] = []
        for (purpose, members) in stated.sorted(by: { $0.key < $1.key }) {
            // Columns about a decision that a row does not have.
            guard let word = members["decision"] else { continue }
            guard let decision = decision(word) else { throw .wrongValue(field: "\(path).\(purpose)", expected: "given, withdrawn or objected") }
            var stated = StatedDecision(purpose: purpose, decision: decision, at: occurredAt)
            if let text = members["at"] {
                guard let time = Timestamp(text) else { throw .wrongValue(field: "\(path).\(purpose).at", expected: "a time such as 2026-03-04T12:37:39+08:00") }
                stated.at = time.milliseconds
            }
            guard stated.at <= latest else { throw .wrongValue(field: "\(path).\(purpose).at", expected: "no later than \(Timestamp(milliseconds: latest))") }
            (stated.version, stated.proof) = (members["version"], members["proof"])
            for (name, text, limit) in [("version", stated.version, ConsentNote.longestVersion), ("proof", stated.proof, ConsentNote.longestProof)] {
                guard let text else { continue }
                guard (1...limit).contains(text.utf8.count) else { throw .wrongValue(field: "\(path).\(purpose).\(name)", expected: "a text of 1 to \(limit) bytes") }
            }
            decisions.append(stated)
        }
        return decisions
    }

    private static let unknownPurpose = RecordError.wrongValue(
        field: path, expected: "an object with purposes of purposes.yaml, such as {\"insight\": \"given\"} or {\"insight\": {\"decision\": \"given\", \"version\": \"3\"}}")

    private static func readObject(_ bytes: [UInt8], _ policy: PolicySet, _ stated: inout [String: [String: String]]) throws(RecordError) {
        guard let json = try? JSON(parsing: bytes) else { throw unknownPurpose }
        if case .null = json { return }
        guard let members = json.object else { throw unknownPurpose }
        for (purpose, value) in members {
            guard policy.purposes[purpose] != nil else { throw unknownPurpose }
            if let word = value.string {
                stated[purpose] = ["decision": word]
            } else if let parts = value.object {
                for (name, part) in parts {
                    guard name == "decision" || Self.parts.contains(name), let text = part.string else { throw unknownPurpose }
                    stated[purpose, default: [:]][name] = text
                }
                guard parts["decision"] != nil else { throw .missing("\(path).\(purpose).decision") }
            } else if value != .null {
                throw unknownPurpose
            }
        }
    }

    private static func decision(_ word: String) -> ConsentDecision? {
        switch word {
        case "given": .given
        case "withdrawn": .withdrawn
        case "objected": .objected
        default: nil
        }
    }
}
