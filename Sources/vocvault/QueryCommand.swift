import ArgumentParser
import Foundation
import RedactedAPI
import VoCVault

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Reads redacted rows, or figures about groups.",
        discussion: """
            Examples:
              vocvault query --purpose insight --select record,occurred_at,product,rating,text --limit 20
              vocvault query --purpose insight --where "rating <= 2 and text contains '空调'" --format ndjson
              vocvault query --purpose insight --group-by product,month(occurred_at) --measure count,avg(rating)
              vocvault query --purpose insight --group-by product --measure "count,median(rating),percentile(response_minutes, 90)" --having "count >= 100" --order-by "count desc,product"
              vocvault query --purpose insight --group-by product --measure csat(rating) --since 2026-03-01 --until 2026-04-01 --compare

            Conditions: = != < <= > >=, in (…), between … and …, contains, is null, and, or, not, parentheses.
            Quote text; do not quote numbers, true, false and dates such as 2026-03-04. A record without a value matches
            neither a comparison nor its opposite; 'is null' finds it.
            To group by time, of the vault's time zone: hour(…), day(…), week(…), month(…), quarter(…), year(…), weekday(…).
            """)

    @Option(help: "Fields to show, separated by commas.")
    var select: String?

    @Option(name: .customLong("where"), help: "Condition that rows must meet.")
    var condition: String?

    @Option(help: "Fields to group by, separated by commas.")
    var groupBy: String?

    @Option(help: "Figures, separated by commas: \(Measure.forms).")
    var measure: String?

    @Option(help: "Which groups are shown: a condition on columns of the answer, such as \"count >= 100 and avg(rating) < 3\".")
    var having: String?

    @Option(help: "Columns of the answer to order groups by, separated by commas, each perhaps with 'desc'.")
    var orderBy: String?

    @Flag(help: "Show each figure beside that of the period before, with its change and the margin of that.")
    var compare = false

    @Option(help: "Start of the period, such as 2026-03-01. Figures cover whole days of the vault's time zone.")
    var since: Timestamp?

    @Option(help: "End of the period (exclusive).")
    var until: Timestamp?

    @Option(help: "Rows to print; fetched page by page if the policy's pages are smaller.")
    var limit = 100

    @Option(help: "Continue an earlier query from this cursor.")
    var cursor: String?

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose: String

    @OptionGroup var output: FormatOption

    func validate() throws {
        if groupBy != nil || measure != nil {
            if select != nil || cursor != nil { throw ValidationError("--select and --cursor are for rows, --group-by and --measure for figures") }
        } else if having != nil || orderBy != nil || compare {
            throw ValidationError("--having, --order-by and --compare are for figures: give --measure")
        }
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
        let filter = try condition.map { try Condition(asked: $0) }
        if groupBy != nil || measure != nil { try await printFigures(filter) } else { try await printRows(filter) }
    }

    private func printRows(_ filter: Condition?) async throws {
        let fields = list(select ?? "record,occurred_at,channel,text")
        let session = try VaultEnvironment.vault()
        var listing = Listing(columns: fields, format: output.format)
        var query = Query(
            select: fields, filter: filter, since: since, until: until, limit: limit, cursor: cursor, purpose: purpose)
        var (remaining, leftOut) = (limit, [String]())
        repeat {
            query.limit = remaining
            let page = try await session.page(query)
            try listing.print(page.rows)
            remaining -= page.rows.count
            leftOut += page.leftOut
            query.cursor = page.nextCursor
        } while query.cursor != nil && remaining > 0
        try listing.finish()
        if let next = query.cursor { printError("more: --cursor \(next)") }
        if !leftOut.isEmpty { throw VaultError.altered(records: leftOut) }
    }

    private func printFigures(_ filter: Condition?) async throws {
        let measures = try Measure.list(measure ?? "count").map { name in
            guard let measure = Measure(name) else { throw ValidationError("'\(name)' is not a measure; write \(Measure.forms)") }
            return measure
        }
        let table = try await VaultEnvironment.vault().aggregate(
            AggregateQuery(
                groupBy: list(groupBy ?? "").map { GroupKey($0) }, measures: measures, filter: filter, since: since,
                until: until, having: try having.map { try Condition(parsingColumns: $0) }, order: Measure.list(orderBy ?? "").map { FigureOrder($0) }, isCompared: compare,
                purpose: purpose))
        try printListing(table.columns, table.rows, output.format)
        if let noise = table.noise { printError("counts have noise with a standard deviation of \((noise * 10).rounded() / 10)") }
    }

    private func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension Timestamp: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
