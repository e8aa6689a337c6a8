import Policy
import VaultAPI

extension ConsolePage {
    /// - Parameters:
    ///   - decisions: what the policy says to `asked`: names of parameters and their texts.
    package func policies(_ policy: PolicySet, decisions: [ExplainPolicy.Answer], asked: [String: String]) -> HTML {
        """
        <h2>\(t.explain)</h2><form method="get" class="grid">
        \(field("principal", t.principal, value: asked["principal"] ?? "", " required"))\
        \(choice("action", t.action, Action.allCases.map { Option($0.rawValue, isChosen: asked["action"] == $0.rawValue) }))\
        \(choice("purpose", t.purpose, policy.purposes.keys.sorted().map { Option($0, isChosen: asked["purpose"] == $0) }))\
        \(field("fields", t.fields, value: asked["fields"] ?? ""))<p><button>\(t.explainDo)</button></p></form>
        \(decisions.html(decision))<h2>\(t.rolesTable)</h2>\(grants(policy))
        """
    }

    private func decision(_ answer: ExplainPolicy.Answer) -> HTML {
        let treatments = answer.treatments.sorted { $0.key < $1.key }.html { "<li>\($0.key): \($0.value)</li>" }
        return """
            <h3>\(answer.role): \(answer.allowed ? "<span class=\"good\">\(t.allowed)</span>" as HTML : "<span class=\"bad\">\(t.denied)</span>")</h3>
            <p>\(t.rule): <code>\(answer.rule)</code></p>\(when(!treatments.isEmpty, "<ul>\(treatments)</ul>"))
            <ol>\(answer.steps.html { "<li><code>\($0)</code></li>" })</ol>

            """
    }

    private func grants(_ policy: PolicySet) -> HTML {
        let grants = policy.roles.values.sorted { $0.name < $1.name }.flatMap { role in role.grants.map { (role, $0) } }
        return Table(
            [.text(t.role), .text(t.purposes), .long(t.actions), .long(t.fields)],
            rows: grants.map { role, grant in
                let shown = grant.fields.filter { $0.value != .deny }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.rawValue)" }
                return [
                    "\(role.name) / \(grant.name)", "\(grant.purposes.joined(separator: ", "))",
                    "\(grant.actions.map(\.rawValue).sorted().joined(separator: ", "))", "\(shown.joined(separator: ", "))",
                ]
            }
        ).scrolling(t.rolesTable)
    }

    package func retention(_ forecast: RetentionForecast) -> HTML {
        let table = Table(
            [.text(t.rule), .text(t.removes), .text(t.before), .figures(t.due), .figures(t.held)],
            rows: forecast.rules.map { ["\($0.rule)", "\($0.removes)", "\($0.before)", "\($0.due)", "\($0.held)"] }
                + forecast.kept.map { ["\($0.kind)", "", "\($0.before)", "\($0.due)", ""] }, caption: "\(t.plan)")
        return """
            \(table.scrolling(title))<p>\(t.due): <b>\(forecast.records)</b> · \(t.wouldBeErased): <b>\(forecast.customersErased)</b></p>
            """
    }
}
