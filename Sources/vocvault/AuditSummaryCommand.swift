import ArgumentParser
import AuditLog
import Foundation
import RedactedAPI
import StandardStreams
import VoCVault

extension AuditCommand {
    struct Summary: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts entries by principal and action; shows denials and first-time reveals.",
            discussion: """
                Without a period it covers the whole log. Everything outside Monday to Friday, 08:00 to 19:00 in the
                policy's time zone, counts as out of hours.

                Examples:
                  vocvault audit summary --since 2026-03-01 --until 2026-04-01
                  vocvault audit summary --since 2026-03-04T19:00:00+08:00 --principal zhao
                """)

        @Option(help: "Start of the period.") var since: Timestamp?
        @Option(help: "End of the period (exclusive).") var until: Timestamp?
        @Option(help: "Only this principal.") var principal: String?
        @OptionGroup var output: FormatOption

        func run() throws {
            let summary = try VaultEnvironment.session().auditSummary(since: since, until: until)
            func wanted(_ name: String) -> Bool { principal.map { $0 == name } ?? true }
            // One table that every reader can use: kind, who, what, how often.
            var rows: [[Value]] = summary.activities.filter { wanted($0.principal) }.map {
                [
                    .text("activity"), .text($0.principal), .text($0.action), .integer(Int64($0.allowed)),
                    .integer(Int64($0.denied)), .integer(Int64($0.failed)), .integer($0.rows), .integer(Int64($0.outOfHours)),
                    .text("role \($0.role)"),
                ]
            }
            rows += summary.fieldUses.filter { wanted($0.principal) }.map {
                [
                    .text("field"), .text($0.principal), .text("reveal \($0.field)"), .integer(Int64($0.times)), .null, .null,
                    .null, .null, $0.isNew ? .text("for the first time") : .null,
                ]
            }
            rows += summary.denials.filter { wanted($0.principal) }.map {
                [
                    .text("denial"), .text($0.principal), .text($0.action), .null, .integer(Int64($0.times)), .null, .null,
                    .null, .text($0.rule),
                ]
            }
            rows += summary.alerts.filter { wanted($0.principal) }.map {
                [
                    .text("alert"), .text($0.principal), .text($0.rule), .integer(Int64($0.times)), .null, .null, .null, .null, .null,
                ]
            }
            if summary.overdueCases > 0 {
                let count = Value.integer(Int64(summary.overdueCases))
                rows.append([.text("case"), .null, .text("overdue"), .null, .null, .null, count, .null, .text("see 'vocvault case list'")])
            }
            try printListing(
                ["kind", "principal", "what", "allowed", "denied", "failed", "rows", "out_of_hours", "note"], rows, output.format)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Exports the log for other systems, oldest entry first.",
            discussion: """
                jsonl: the entries exactly as hashed. ocsf: OCSF 1.3, API Activity. cef: ArcSight CEF.

                Example: vocvault audit export --to ocsf --since 2026-03-01 > march.ocsf.jsonl
                """)

        private static let blockSize = 64 << 10

        @Option(help: "Format: jsonl, ocsf or cef.") var to: AuditExport
        @OptionGroup var search: SearchOptions

        func run() throws {
            var block: [UInt8] = []
            try VaultEnvironment.session().exportAudit(search.filter(limit: .max)) { entry in
                block += Array(to.line(entry).utf8) + [0x0A]
                guard block.count >= Self.blockSize else { return }
                try StandardOutput.write(block)
                block.removeAll(keepingCapacity: true)
            }
            try StandardOutput.write(block)
        }
    }
}
