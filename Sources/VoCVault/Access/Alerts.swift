import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import Wire

extension Vault {
    /// Counts a request, and returns an entry for each rule of `alerts.yaml` that it triggers: at most one a day for a rule and
    /// principal. Behind the request of somebody who is signed in come also those that waited for it.
    func alerts(about entry: AuditEntry, in writer: StoreWriter) throws -> [AuditEntry] {
        let moment = Moment(self)
        let outcome = AlertRule.Outcome(entry)
        moment.count(entry.action, of: entry.principal, isDenied: outcome == .denied, rows: entry.outcome == .allowed ? entry.rows : 0, in: writer)
        if outcome == .empty { moment.count(Self.counted(entry.action, .empty), of: entry.principal, in: writer) }
        var raised: [AuditEntry] = []
        for rule in policy.alerts.rules {
            if case .deadline(let days) = rule.condition { raised += try deadlineAlerts(rule, within: days, day: moment.day, in: writer) }
        }
        for rule in policy.alerts.rules where rule.outcome != .suppressed && rule.watches(action: entry.action, role: entry.role, outcome: outcome) {
            guard var detail = try moment.detail(of: rule, about: entry.principal, in: writer),
                try writer.noteAlert(rule: rule.name, principal: entry.principal, day: moment.day)
            else { continue }
            detail[.action] = entry.action
            raised.append(
                AuditEntry(
                    principal: entry.principal, token: entry.token, role: entry.role, purpose: entry.purpose, action: AuditEvent.vault(.alert).name, outcome: .allowed,
                    rule: "\(rule.name) (\(rule.place.short))", target: entry.target, fields: entry.fields, request: entry.request,
                    client: entry.client, software: Self.software, detail: detail))
        }
        return entry.outcome == .allowed ? raised + (try deferredAlerts(after: entry, in: writer)) : raised
    }

    /// With the first request of a day, whoever makes it: customers' requests whose deadlines are near.
    private func deadlineAlerts(_ rule: AlertRule, within days: Int, day: Int64, in writer: StoreWriter) throws -> [AuditEntry] {
        guard try writer.reader.alertDay(rule: rule.name, principal: "vault") != day, try writer.noteAlert(rule: rule.name, principal: "vault", day: day) else { return [] }
        let now = clock()
        return try writer.reader.cases(closed: false).filter { $0.dueAt < now + Int64(days) * 86_400_000 }.map { row in
            AuditEntry(
                ofVault: .vault(.alert), rule: "\(rule.name) (\(rule.place.short))",
                detail: [
                    .case: String(row.id), .kind: row.kind, .due: Timestamp(milliseconds: row.dueAt).description, .overdue: row.dueAt < now ? "yes" : "no",
                ])
        }
    }

    /// Counts an answer from which something was left out. What rules make of it waits for the request of somebody else: an entry right
    /// behind the answer would tell who asked, by the number of their next one, that there is something which they are not shown.
    func countSuppressed(_ access: Access, in writer: StoreWriter) throws {
        let (moment, action, principal) = (Moment(self), access.action.rawValue, access.session.principal)
        moment.count(Self.counted(action, .suppressed), of: principal, in: writer)
        for rule in policy.alerts.rules where rule.outcome == .suppressed && rule.watches(action: action, role: access.session.role, outcome: .suppressed) {
            guard try moment.detail(of: rule, about: principal, in: writer) != nil else { continue }
            try writer.deferAlert(DeferredAlert(principal: principal, rule: rule.name, role: access.session.role, day: moment.day))
        }
    }

    private func deferredAlerts(after entry: AuditEntry, in writer: StoreWriter) throws -> [AuditEntry] {
        try writer.takeDeferredAlerts(exceptAbout: entry.principal).compactMap { alert in
            guard let rule = policy.alerts.rules.first(where: { $0.name == alert.rule }),
                try writer.noteAlert(rule: alert.rule, principal: alert.principal, day: alert.day)
            else { return nil }
            return AuditEntry(
                principal: alert.principal, role: alert.role, purpose: "none", action: AuditEvent.vault(.alert).name, outcome: .allowed,
                rule: "\(rule.name) (\(rule.place.short))", request: Token.requestID(), software: Self.software, detail: [.action: Action.query.rawValue])
        }
    }

    /// Under which name an answer that ended in a certain way is counted besides.
    fileprivate static func counted(_ action: String, _ outcome: AlertRule.Outcome) -> String { "\(action)/\(outcome.rawValue)" }

    /// When something is counted.
    private struct Moment {
        let minute: Int64
        let day: Int64
        private let forgetting: Bool
        private let isInOfficeHours: Bool

        init(_ vault: Vault) {
            let reading = vault.time.reading(vault.policy.clock)
            let local = vault.localTime(at: reading.time)
            (minute, day) = (reading.time / 60_000, Int64(local.number))
            forgetting = reading.certain >= reading.time
            isInOfficeHours = vault.policy.alerts.officeHours.contains(weekday: local.weekday, minute: local.minute)
        }

        func count(_ action: String, of principal: String, isDenied: Bool = false, rows: Int64 = 0, in writer: StoreWriter) {
            writer.countActivity(principal: principal, action: action, isDenied: isDenied, rows: rows, minute: minute, day: day, forgetting: forgetting)
        }

        /// What an alert says if a rule that watches the request is to raise one; nil otherwise.
        func detail(of rule: AlertRule, about principal: String, in writer: StoreWriter) throws -> [AuditDetail: String]? {
            let window = ActivityWindow(principal: principal, actions: rule.countedActions, deniedOnly: rule.outcome == .denied)
            switch rule.condition {
            case .volume(let factor, let minimum, let days):
                let today = try writer.rows(window, from: day, to: day + 1).rows
                guard today >= minimum else { return nil }
                let past = try writer.rows(window, from: day - Int64(days), to: day)
                let usual = past.days == 0 ? 0 : past.rows / Int64(past.days)
                return today > Int64(factor) * usual ? [.rows: String(today), .usual: String(usual)] : nil
            case .frequency(let count, let minutes):
                let times = try writer.times(window, sinceMinute: minute - Int64(minutes) + 1, through: minute)
                return times >= count ? [.requests: String(times), .minutes: String(minutes)] : nil
            case .outOfHours: return isInOfficeHours ? nil : [:]
            // No principal's doing.
            case .deadline: return nil
            case .dormant(let days):
                guard let last = try writer.lastActiveDay(of: principal, before: day), day - last >= Int64(days) else { return nil }
                return [.days: String(day - last)]
            }
        }
    }

    /// Starts the policy's command with an alert on its standard input, without waiting for it. If it cannot be started, the log
    /// says so.
    func announce(_ alert: AuditEntry) {
        // Figures are sealed in the log, and for those to read whom the policy tells.
        let findings = try? questions.findings(of: alert, in: self).flatMap { try JSON(parsing: Array($0.utf8)) }
        let command = findings == nil ? policy.alerts.command : policy.alerts.feedbackCommand ?? policy.alerts.command
        guard let program = command.first else { return }
        let process = Process()
        let isPath = program.contains("/")
        process.executableURL = URL(fileURLWithPath: isPath ? program : "/usr/bin/env")
        process.arguments = isPath ? Array(command.dropFirst()) : command
        // Neither the token nor anything else of the vault's.
        process.environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        do {
            // An entry fits into a pipe. Written before there is a reader, it cannot meet a reader that has gone.
            try pipe.fileHandleForWriting.write(contentsOf: Data(Self.line(about: alert, findings) + [0x0A]))
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

extension Vault {
    /// What a command gets: an alert's entry, with what it found in place of the same sealed.
    fileprivate static func line(about alert: AuditEntry, _ findings: JSON?) -> [UInt8] {
        guard let findings, var members = try? JSON(parsing: alert.canonicalBytes).object else { return alert.canonicalBytes }
        if var detail = members["detail"]?.object {
            detail[AuditDetail.findings.rawValue] = nil
            members["detail"] = .object(detail)
        }
        members["findings"] = findings
        return JSON.object(members).bytes
    }
}

extension AlertRule {
    /// The names under which what it counts is counted; empty: every action.
    fileprivate var countedActions: [String] {
        guard let outcome, let possible = outcome.actions else { return actions.sorted() }
        return (actions.isEmpty ? possible : possible.intersection(actions)).map { Vault.counted($0, outcome) }.sorted()
    }
}

extension AlertRule.Outcome {
    /// How a request ended, as its entry tells: not whether anything was left out.
    fileprivate init?(_ entry: AuditEntry) {
        switch entry.outcome {
        case .denied: self = .denied
        case .allowed where entry.rows == 0 && Self.empty.actions?.contains(entry.action) == true: self = .empty
        default: return nil
        }
    }
}
