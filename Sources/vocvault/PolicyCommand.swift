import ArgumentParser
import Foundation
import Policy
import VoCVault

extension Action: ExpressibleByArgument {}

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "The policy files: check, explain, test.",
        subcommands: [Check.self, Explain.self, Test.self])

    /// The policy, with its row filters checked.
    static func load() throws -> PolicySet {
        let policy = try PolicySet.load(from: VaultEnvironment.policies)
        try PolicyCheck.requireValidExpressions(policy)
        _ = try PolicyCheck.typeRules(policy)
        return policy
    }

    static func cases(for policy: PolicySet) throws -> [PolicyCase] {
        let cases = try PolicyCase.load(from: VaultEnvironment.policies)
        try PolicyCase.requireKnownNames(cases, in: policy)
        return cases
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks every file; names file, line and key of each problem.",
            discussion: "Example: VOCVAULT_POLICIES=policies vocvault policy check")

        func run() throws {
            let policy = try PolicyCommand.load()
            _ = try PolicyCommand.cases(for: policy)
            let frame = VaultEnvironment.policies + "/codeframe.yaml"
            if FileManager.default.fileExists(atPath: frame) { _ = try CodeFrameFile.load(frame) }
            try print("\(policy.fields.count) fields, \(policy.purposes.count) purposes, \(policy.roles.count) roles, \(policy.retention.count) retention rules: no problem found")
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells what the policy decides, and by which rule.",
            discussion: """
                With --principal the roles of that principal's tokens in the vault are taken; with --role no vault is needed.

                Example: vocvault policy explain --role analyst --action query --field phone --purpose insight
                """)

        @Option(help: "Whose tokens to look at.") var principal: String?
        @Option(help: "A role instead.") var role: String?
        @Option(help: "What is to be done.") var action: Action
        @Option(help: "On which field.") var field: String?
        @Option(help: "For which purpose.") var purpose: String

        func validate() throws {
            if (principal == nil) == (role == nil) { throw ValidationError("give --principal or --role") }
        }

        func run() throws {
            let fields = field.map { [$0] } ?? []
            if let principal {
                let decisions = try VaultEnvironment.vault().explain(
                    principal: principal, action: action, purpose: purpose, fields: fields)
                for (role, decision) in decisions { try show(decision, role) }
            } else if let role {
                let now = Calendar(identifier: .iso8601).dateComponents([.weekday, .hour, .minute], from: Date())
                let request = AccessRequest(
                    role: role, action: action, purpose: purpose, fields: fields,
                    weekday: ((now.weekday ?? 2) + 5) % 7 + 1, minute: (now.hour ?? 12) * 60 + (now.minute ?? 0))
                try show(PolicyCommand.load().decide(request), role)
            }
        }

        private func show(_ decision: Decision, _ role: String) throws {
            let answer = decision.isAllowed ? field.flatMap { decision.treatments[$0]?.rawValue } ?? "allow" : "deny"
            try print("\(role): \(answer)")
            try print("  rule: \(decision.rule)")
            for step in decision.steps { try print("  \(step)") }
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
