import ArgumentParser
import Foundation
import Pages
import Policy
import RedactedAPI
import Reporting
import VaultAPI
import VaultClient
import VoCVault

extension Language: ExpressibleByArgument {}
extension Template: ExpressibleByArgument {}

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Draws satisfaction, trends, topics, priorities and more as one HTML file.",
        discussion: """
            The report contains only aggregates that the policy shows to your role; groups with too few customers are left
            out. Run 'vocvault classify' first: it assigns the topics and sentiment.

            Templates: overview, product, channel, tasks (improvements, before and after), compliance (use of the vault).

            A report about some records (--where), or with segments, asks for tables of its own. Where figures are released from the
            budgets of days, it is refused before anything is charged if these do not cover all of them.

            Examples:
              vocvault report --out report.html --template overview --since 2026-01-01 --language zh --csv topics.csv
              vocvault report --out x5.html --where "product = 'X5'" --segments region,channel --since 2026-03-01
            """)

    @Option(help: "Write the report to this file.")
    var out: String

    @Option(help: "Which template to use.")
    var template = Template.overview

    @Option(name: .customLong("where"), help: "Condition that records must meet, such as \"product = 'X5'\".")
    var condition: String?

    @Option(help: "Fields by which to tell customers apart, separated by commas.")
    var segments: String?

    @Option(help: "Start of the period.")
    var since: Timestamp?

    @Option(help: "End of the period (exclusive).")
    var until: Timestamp?

    @Option(help: "Language: zh or en.")
    var language = Language.english

    @Option(help: "Also write the topics' figures to this file.")
    var csv: String?

    @Option(help: "Also write all figures to this file.")
    var json: String?

    @Option(help: "Code frame with the topics' names.")
    var frame = VaultEnvironment.policies + "/codeframe.yaml"

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose = "insight"

    func validate() throws {
        if [.tasks, .compliance].contains(template), condition != nil || segments != nil {
            throw ValidationError("--where and --segments are for overview, product and channel")
        }
    }

    func run() async throws {
        let filter = try condition.map { try Condition(asked: $0) }
        let segments = Measure.list(segments ?? "")
        let frame = try CodeFrameFile.load(frame)
        let names = Dictionary(frame.codes.map { ($0.id, language == .chinese ? $0.chinese : $0.english) }, uniquingKeysWith: { first, _ in first })
        let session = try VaultEnvironment.vault()
        let fields = try await session.shownFields(purpose: purpose)
        if let hidden = segments.first(where: { !fields.contains($0) }) { throw ValidationError("the policy does not show '\(hidden)' to you: it cannot tell segments apart") }
        if filter != nil || !segments.isEmpty {
            let plan = ReportPlan()
            _ = try await Figures(from: plan, for: template, fields: fields, where: filter, segments: segments, purpose: purpose, since: since, until: until)
            try await plan.require(of: session)
        }
        let figures = try await Figures(
            from: session, for: template, fields: fields, where: filter, segments: segments, efforts: frame.efforts, weights: frame.priorityWeights, purpose: purpose, since: since,
            until: until)
        let first = since.map { String($0.description.prefix(10)) } ?? "…"
        let period = since == nil && until == nil ? "" : "\(first) – \(until.map { String($0.description.prefix(10)) } ?? "…")"
        let report = Report(
            figures: figures, template: template, language: language, names: names, period: period, condition: condition, tasks: template == .tasks ? try await tasks(session) : [],
            use: template == .compliance ? UseFigures(try await session.perform(Overview(days: 30)).reply) : nil)
        try writePrivately(Data(report.html.utf8), to: out, replacing: true)
        if let csv { try writePrivately(Data(report.csv), to: csv, replacing: true) }
        if let json { try writePrivately(Data(report.json), to: json, replacing: true) }
    }

    /// All tasks. Finished ones come with their effect within 90 days, unless the policy denies it.
    private func tasks(_ session: any VaultConnection) async throws -> [(task: ImprovementTask, effect: Effect?)] {
        var shown: [(task: ImprovementTask, effect: Effect?)] = []
        for task in try await session.perform(ListTasks()).reply.tasks {
            var effect: Effect?
            if let started = task.started, let finished = task.finished {
                do {
                    effect = try await Effect(of: task.filter, from: started, until: finished, days: 90, now: now(), in: session, purpose: purpose)
                } catch VaultError.denied {
                } catch let error as VaultClientError where error.failure == .denied {
                }
            }
            shown.append((task, effect))
        }
        return shown
    }
}

extension UseFigures {
    init(_ overview: VaultOverview) {
        func events(_ events: [VaultOverview.Event]) -> [Event] {
            events.map { Event(entry: $0.entry, time: $0.time, principal: $0.principal, action: $0.action, rule: $0.rule) }
        }
        self.init(
            days: overview.days.map { Day(day: $0.day, allowed: $0.allowed, denied: $0.denied) }, denials: events(overview.denials),
            alerts: events(overview.alerts), records: overview.records, customers: overview.customers, openCases: overview.openCases,
            overdueCases: overview.overdueCases, waitingApprovals: overview.waitingApprovals, due: overview.due, auditEntries: overview.auditEntries,
            verified: overview.verifiedAt)
    }
}
