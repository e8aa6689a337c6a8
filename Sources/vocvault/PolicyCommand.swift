import ArgumentParser
import Foundation
import Policy
import VaultAPI
import VoCVault

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "The policy files: check, explain, test, diff, history.",
        subcommands: [Check.self, Explain.self, Test.self, PolicyDiffCommand.self, PolicyHistoryCommand.self])

    /// The policy, with its row filters checked.
    static func load() throws -> PolicySet {
        let policy = try PolicySet.load(from: VaultEnvironment.policies)
        try PolicyCheck.requireValidExpressions(policy)
        _ = try PolicyCheck.detector(policy)
        return policy
    }

    static func cases(for policy: PolicySet) throws -> [PolicyCase] {
        let cases = try PolicyCase.load(from: VaultEnvironment.policies)
        try PolicyCase.requireKnownNames(cases, in: policy)
        return cases
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks every policy file; names file, line and key of each problem.",
            discussion: """
                Definite mistakes are problems: exit code 2, and no vault opens with such files. Probable mistakes, such as a rule
                that can never apply, are warnings: the exit code stays 0.

                Example: VOCVAULT_POLICIES=policies vocvault policy check
                """)

        func run() throws {
            var problems: [PolicyError.Problem] = []
            func checked<T>(_ body: () throws -> T) throws -> T? {
                do { return try body() } catch let error as PolicyError {
                    problems += error.problems
                    return nil
                }
            }
            let path = VaultEnvironment.policies + "/codeframe.yaml"
            let frame = try checked { try FileManager.default.fileExists(atPath: path) ? CodeFrameFile.load(path) : nil } ?? nil
            let policy = try checked { try PolicySet.load(from: VaultEnvironment.policies) }
            if let policy {
                try checked { try PolicyCheck.requireValidExpressions(policy) }
                _ = try checked { try PolicyCheck.detector(policy) }
                _ = try checked { try PolicyCommand.cases(for: policy) }
            }
            let warnings = (policy.map { $0.warnings + PolicyCheck.warnings($0, codes: frame?.codes.map(\.id)) } ?? []) + (frame?.warnings ?? [])
            for warning in warnings { try print("warning: \(warning)") }
            guard let policy, problems.isEmpty else { throw PolicyError(problems) }
            let found = warnings.isEmpty ? "no problem found" : "no problem, \(warnings.count) \(warnings.count == 1 ? "warning" : "warnings")"
            let forms = policy.forms.isEmpty ? "" : ", \(policy.forms.count) \(policy.forms.count == 1 ? "form" : "forms")"
            let roles = policy.roles.values.count { !$0.isNobodys }
            try print("\(policy.fields.count) fields, \(policy.purposes.count) purposes, \(roles) roles, \(policy.retention.count) retention rules\(forms): \(found)")
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what the policy decides, and by which rule.",
            discussion: """
                --principal uses the roles of that principal's tokens in the vault; --role needs no vault.

                Example: vocvault policy explain --role analyst --action query --field phone --purpose insight
                """)

        @Option(help: "Principal whose roles to use.") var principal: String?
        @Option(help: "Role to use instead of a principal.") var role: String?
        @Option(help: "Action, such as query, reveal, subject.erase.") var action: String
        @Option(help: "Field.") var field: String?
        @Option(help: "Purpose.") var purpose: String

        func validate() throws {
            if (principal == nil) == (role == nil) { throw ValidationError("give --principal or --role") }
        }

        func run() async throws {
            let fields = field.map { [$0] } ?? []
            guard let action = Action(rawValue: action) else {
                throw VaultError.invalid(PolicySet.unknown("action", action, among: Action.allCases.map(\.rawValue)))
            }
            if let principal {
                let asked = ExplainPolicy(principal: principal, action: action.rawValue, purpose: purpose, fields: fields)
                for answer in try await VaultEnvironment.vault().perform(asked).reply.decisions { try show(answer) }
            } else if let role {
                let policy = try PolicyCommand.load()
                if let slip = policy.slip(role: role, purpose: purpose, fields: fields) { throw VaultError.invalid(slip) }
                let now = Calendar(identifier: .iso8601).dateComponents([.weekday, .hour, .minute], from: Date())
                let request = AccessRequest(
                    role: role, action: action, purpose: purpose, fields: fields,
                    weekday: ((now.weekday ?? 2) + 5) % 7 + 1, minute: (now.hour ?? 12) * 60 + (now.minute ?? 0))
                let decision = policy.decide(request)
                try show(
                    ExplainPolicy.Answer(
                        role: role, allowed: decision.isAllowed, rule: decision.rule, treatments: decision.treatments.mapValues(\.rawValue),
                        steps: decision.steps))
            }
        }

        private func show(_ answer: ExplainPolicy.Answer) throws {
            let treatment = answer.allowed ? field.flatMap { answer.treatments[$0] } ?? "allow" : "deny"
            try print("\(answer.role): \(treatment)")
            try print("  rule: \(answer.rule)")
            for step in answer.steps { try print("  \(step)") }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the cases in policies/tests.", discussion: "Example: vocvault policy test")

        func run() throws {
            let policy = try PolicyCommand.load()
            let cases = try PolicyCommand.cases(for: policy)
            let failures = cases.compactMap { test in test.failure(under: policy).map { (test, $0) } }
            for (test, failure) in failures {
                try print("\(test.place): \(test.name): expected \(test.expected), got \(failure)")
            }
            try print("\(cases.count - failures.count) of \(cases.count) cases hold")
            if !failures.isEmpty { throw ExitCode(1) }
        }
    }
}
