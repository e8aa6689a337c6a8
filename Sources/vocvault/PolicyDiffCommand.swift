import ArgumentParser
import Foundation
import Policy
import RedactedAPI
import VoCVault

struct PolicyDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Says in words what changes between two policy folders, and for whom.",
        discussion: """
            Both arguments are folders with policy files. --replay decides the vault's recent requests again under both
            policies, and shows which would be decided differently, and how often. That needs a token that may read the log.

            Examples:
              git worktree add /tmp/old main && vocvault policy diff /tmp/old/policies policies
              vocvault policy diff /etc/vocvault/policies policies --replay --days 30
            """)

    @Argument(help: "Folder with the old policy files.") var old: String
    @Argument(help: "Folder with the new policy files.") var new: String
    @Flag(help: "Decide the vault's recent requests again under both.") var replay = false
    @Option(help: "Number of days to replay.") var days = 30

    func validate() throws {
        guard (1...3660).contains(days) else { throw ValidationError("--days must be between 1 and 3660") }
    }

    func run() throws {
        let (before, after) = (try PolicySet.load(from: old), try PolicySet.load(from: new))
        try PolicyCheck.requireValidExpressions(before)
        try PolicyCheck.requireValidExpressions(after)
        let difference = PolicyDifference(from: before, to: after)
        for line in difference.lines { try print(line) }
        if difference.lines.isEmpty { try print("nothing changes for anyone") }
        if replay { try replay(difference, in: TimeZone(identifier: after.timeZone) ?? .gmt) }
    }

    private func replay(_ difference: PolicyDifference, in zone: TimeZone) throws {
        let since = Timestamp(milliseconds: now().milliseconds - Int64(days) * 86_400_000)
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        var (requests, changed) = (0, [String: Int]())
        try VaultEnvironment.session().exportAudit(.init(since: since)) { entry in
            guard let action = Action(rawValue: entry.action), let time = Timestamp(entry.moment) else { return }
            let parts = calendar.dateComponents([.weekday, .hour, .minute], from: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
            requests += 1
            let request = AccessRequest(
                role: entry.role, action: action, purpose: entry.purpose, fields: entry.fields, weekday: ((parts.weekday ?? 2) + 5) % 7 + 1,
                minute: (parts.hour ?? 12) * 60 + (parts.minute ?? 0))
            if let line = difference.decision(about: request) { changed[line, default: 0] += 1 }
        }
        try print("of \(requests) requests in \(days) days, \(changed.values.reduce(0, +)) would be decided differently")
        for (line, count) in changed.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) { try print("  \(count) × \(line)") }
    }
}
