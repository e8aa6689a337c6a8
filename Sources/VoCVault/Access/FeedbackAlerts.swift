import AuditLog
import Policy
import RedactedAPI
import Reporting
import Store
import VaultAPI
import Wire

extension Session {
    /// More findings are not read at once, and an alert has an end.
    private static let mostFindings = 20
    private static let longestFindings = 16_000

    /// Looks whether rules about feedback have something to tell of the last period that is over, and raises their alerts: once for a rule and period.
    ///
    /// Figures are asked for as anybody asks for them, each with its entry and charged to the days that it is about; alerts are made of what is
    /// shown. They leave for people who see no rows, so the figures must have the noise of a role without.
    package func evaluateAlerts(purpose: String) throws -> EvaluateAlerts.Reply {
        let access = try authorize(.alertRun, purpose: purpose)
        return try logged(access) {
            let looked = try policy.alerts.feedback.map { try look($0, purpose) }
            let (rules, _) = try commitWithAlerts(access) { writer in
                var raised: [AuditEntry] = []
                let rules = try looked.map { rule, end, alert in
                    guard let alert else { return rule }
                    // Another process may have looked meanwhile.
                    guard try !writer.reader.hasTold(rule.name, until: end), try writer.noteAlert(rule: rule.name, principal: FeedbackRule.principal, day: end) else {
                        return EvaluateAlerts.Rule(name: rule.name, period: rule.period, state: .told)
                    }
                    raised.append(alert)
                    return rule
                }
                return (rules, access.entry(rows: raised.count, detail: [.listed: "alerts"]), raised)
            }
            return EvaluateAlerts.Reply(rules: rules)
        }
    }

    /// - Returns: also the day after the period, and the alert if there is something to tell.
    private func look(_ rule: FeedbackRule, _ purpose: String) throws -> (rule: EvaluateAlerts.Rule, end: Int64, alert: AuditEntry?) {
        let periods = ComparedPeriods(rule.unit.grouped, before: rule.before, endedBy: vault.firstOpenDay)
        func answer(_ state: EvaluateAlerts.State, _ problem: String? = nil) -> EvaluateAlerts.Rule {
            EvaluateAlerts.Rule(name: rule.name, period: periods.name, state: state, problem: problem)
        }
        if try store.read({ try $0.hasTold(rule.name, until: periods.end) }) { return (answer(.told), periods.end, nil) }
        let answers: [AggregateTable]
        do {
            answers = try Unusual.questions(rule.signal, over: periods, where: nil, purpose: purpose).map(noisyFigures)
        } catch let error as VaultError {
            switch error {
            // The budget of a day is spent, or the policy does not show a field: other rules may still have something to tell.
            case .denied, .invalid: return (answer(.refused, error.description), periods.end, nil)
            default: throw error
            }
        }
        let found = Unusual(rule.signal, over: periods, answers: answers, falseShare: Double(rule.falseShare) / 1000)
        guard found.cells > 0 else { return (answer(.unknown), periods.end, nil) }
        let (findings, text) = told(found.findings.map { EvaluateAlerts.Finding($0, ofAverage: rule.signal.change != .burst) })
        var outcome = answer(findings.isEmpty ? .quiet : .raised)
        (outcome.cells, outcome.findings) = (found.cells, findings)
        guard !findings.isEmpty else { return (outcome, periods.end, nil) }
        let place = "\(rule.name) (\(rule.place.short))"
        let detail: [AuditDetail: String] = [.period: periods.name, .findings: try vault.questions.sealed(text, of: place, in: vault)]
        return (outcome, periods.end, AuditEntry(ofVault: .vault(.alert), rule: place, rows: Int64(findings.count), detail: detail))
    }

    /// As many findings as an alert has, and the same as JSON.
    private func told(_ all: [EvaluateAlerts.Finding]) -> ([EvaluateAlerts.Finding], text: [UInt8]) {
        var findings = Array(all.prefix(Self.mostFindings))
        while true {
            let text = JSON.array(findings.map(\.json)).bytes
            if text.count <= Self.longestFindings || findings.count <= 1 { return (findings, text) }
            findings.removeLast()
        }
    }

    private func noisyFigures(_ question: AggregateQuery) throws -> AggregateTable {
        let fields = question.groupBy.map(\.field) + question.measures.compactMap(\.field)
        guard try authorizeFigures(question, distinct(fields)).grant.disclosure.noise == .cells else {
            throw VaultError.conflict("alerts leave for people who see no rows, and \(role) would have figures without noise: evaluate them with a role such as reporting")
        }
        return try figures(question)
    }
}

extension StoreReader {
    /// Whether a rule has told of a period, or of a later one.
    ///
    /// - Parameter end: the day after it.
    fileprivate func hasTold(_ rule: String, until end: Int64) throws -> Bool { try alertDay(rule: rule, principal: FeedbackRule.principal).map { $0 >= end } ?? false }
}

extension FeedbackRule {
    /// Under whose name it is noted what was told: it is no principal's doing.
    fileprivate static let principal = "vault"

    /// What it looks out for. The average of sentiment is how many are of one kind.
    fileprivate var signal: Unusual.Signal {
        if change != .burst, field == BuiltinField.sentiment.rawValue { return .init(.burst, of: field, values: [change == .drop ? "negative" : "positive"], by: by) }
        return switch change {
        case .burst: .init(.burst, of: field, values: Set(values), by: by)
        case .drop: .init(.drop, of: field, by: by)
        case .rise: .init(.rise, of: field, by: by)
        }
    }
}

extension FeedbackRule.Unit {
    fileprivate var grouped: GroupKey.Unit {
        switch self {
        case .day: .day
        case .week: .week
        case .month: .month
        }
    }
}

extension EvaluateAlerts.Finding {
    fileprivate init(_ finding: Unusual.Finding, ofAverage: Bool) {
        func rounded(_ value: Double, _ digits: Double) -> Double { (value * digits).rounded() / digits }
        let digits: Double = ofAverage ? 100 : 10
        self.init(
            cell: Dictionary(zip(finding.fields, finding.values)) { first, _ in first }, customers: finding.customers.rounded(),
            average: ofAverage ? rounded(finding.figure, 100) : nil,
            expected: rounded(finding.expected, digits), bound: rounded(finding.bound, digits), z: rounded(finding.z, 10), falseShare: rounded(finding.falseShare, 10_000))
    }

    fileprivate var json: JSON {
        var members: [String: JSON] = [
            "cell": .object(cell.mapValues { .string($0) }), "customers": .decimal(customers), "expected": .decimal(expected), "bound": .decimal(bound), "z": .decimal(z),
            "false_share": .decimal(falseShare),
        ]
        members["average"] = average.map { .decimal($0) }
        return .object(members)
    }
}
