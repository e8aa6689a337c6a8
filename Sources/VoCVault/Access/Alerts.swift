import AuditLog
import Foundation
import Policy
import Store

extension Vault {
    /// Counts a request, and returns an entry for each rule of `alerts.yaml` that it triggers: at most one a day for a rule and
    /// principal.
    func alerts(about entry: AuditEntry, in writer: StoreWriter) throws -> [AuditEntry] {
        let reading = time.reading(policy.clock)
        let now = reading.time
        let local = localTime(at: now)
        let window = { (rule: AlertRule) in
            ActivityWindow(principal: entry.principal, actions: rule.actions.sorted(), deniedOnly: rule.deniedOnly)
        }
        let (minute, day) = (now / 60_000, Int64(local.number))
        let isDenied = entry.outcome == .denied
        writer.countActivity(
            principal: entry.principal, action: entry.action, isDenied: isDenied,
            rows: entry.outcome == .allowed ? entry.rows : 0, minute: minute, day: day, forgetting: reading.certain >= now)
        var raised: [AuditEntry] = []
        for rule in policy.alerts.rules where rule.watches(action: entry.action, role: entry.role, isDenied: isDenied) {
            var detail: [AuditDetail: String]?
            switch rule.condition {
            case .volume(let factor, let minimum, let days):
                let today = try writer.rows(window(rule), from: day, to: day + 1).rows
                guard today >= minimum else { continue }
                let past = try writer.rows(window(rule), from: day - Int64(days), to: day)
                let usual = past.days == 0 ? 0 : past.rows / Int64(past.days)
                if today > Int64(factor) * usual { detail = [.rows: String(today), .usual: String(usual)] }
            case .frequency(let count, let minutes):
                let times = try writer.times(window(rule), sinceMinute: minute - Int64(minutes) + 1, through: minute)
                if times >= count { detail = [.requests: String(times), .minutes: String(minutes)] }
            case .outOfHours:
                if !policy.alerts.officeHours.contains(weekday: local.weekday, minute: local.minute) { detail = [:] }
            case .dormant(let days):
                if let last = try writer.lastActiveDay(of: entry.principal, before: day), day - last >= Int64(days) {
                    detail = [.days: String(day - last)]
                }
            }
            guard var detail, try writer.noteAlert(rule: rule.name, principal: entry.principal, day: day) else { continue }
            detail[.action] = entry.action
            raised.append(
                AuditEntry(
                    principal: entry.principal, token: entry.token, role: entry.role, purpose: entry.purpose, action: AuditEvent.vault(.alert).name, outcome: .allowed,
                    rule: "\(rule.name) (\(rule.place.short))", target: entry.target, fields: entry.fields, request: entry.request,
                    client: entry.client, software: Self.software, detail: detail))
        }
        return raised
    }

    /// Starts the policy's command with an alert on its standard input, without waiting for it. If it cannot be started, the log
    /// says so.
    func announce(_ alert: AuditEntry) {
        guard let program = policy.alerts.command.first else { return }
        let process = Process()
        let isPath = program.contains("/")
        process.executableURL = URL(fileURLWithPath: isPath ? program : "/usr/bin/env")
        process.arguments = isPath ? Array(policy.alerts.command.dropFirst()) : policy.alerts.command
        // Neither the token nor anything else of the vault's.
        process.environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        do {
            // An entry fits into a pipe. Written before there is a reader, it cannot meet a reader that has gone.
            try pipe.fileHandleForWriting.write(contentsOf: Data(alert.canonicalBytes + [0x0A]))
            try pipe.fileHandleForWriting.close()
            try process.run()
        } catch {
            let failure = AuditEntry(
                ofVault: .vault(.alert), .failed, rule: alert.rule, request: alert.request,
                detail: [.error: "the command of alerts.yaml cannot be started"])
            _ = try? store.write { writer in try trail.append([failure], to: writer, now: clock()) }
        }
    }
}
