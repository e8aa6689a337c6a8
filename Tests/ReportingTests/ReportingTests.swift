import Foundation
import RedactedAPI
import Reporting
import Testing

/// A source that answers as a policy would: groups of fewer than five customers are left out.
private struct Answers: RedactedSource {
    struct Row {
        var month: String
        var product: String
        var topic: String
        var sentiment: String
        var rating: Int64
        var nps: Int64
    }

    var rows: [Row]

    func page(_ query: Query) async throws -> Page {
        Issue.record("a report asks for no rows")
        return Page(columns: [], rows: [], nextCursor: nil, receipt: 0)
    }

    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        var groups: [[String]: [Row]] = [:]
        for row in rows {
            let key = query.groupBy.map { key -> String in
                switch key.name {
                case "month(occurred_at)": row.month
                case "product": row.product
                case "topic": row.topic
                case "sentiment": row.sentiment
                case "rating": String(row.rating)
                case "nps": String(row.nps)
                case "channel": "hotline"
                default: ""
                }
            }
            groups[key, default: []].append(row)
        }
        let shown = groups.filter { $0.value.count >= 5 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return AggregateTable(
            columns: query.groupBy.map(\.name) + query.measures.map(\.name),
            rows: shown.map { key, rows in
                key.map { Value.text($0) } + query.measures.map { measure -> Value in
                    switch measure {
                    case .average: .decimal(Double(rows.reduce(0) { $0 + $1.rating }) / Double(rows.count))
                    default: .integer(Int64(rows.count))
                    }
                }
            }, suppressedGroups: groups.count - shown.count, receipt: 0)
    }
}

@Suite("Reporting")
struct ReportingTests {
    /// Three months; in the last one twenty complain about noise, two about the price.
    private var source: Answers {
        var rows: [Answers.Row] = []
        for month in ["2026-01", "2026-02", "2026-03"] {
            for index in 0..<40 {
                let noise = month == "2026-03" && index < 20
                rows.append(.init(month: month, product: index % 2 == 0 ? "X5" : "<b>Mini</b>", topic: noise ? "product.noise" : "delivery", sentiment: index < 30 ? "negative" : "positive", rating: index < 10 ? 5 : 2, nps: index < 10 ? 10 : 3))
            }
        }
        rows += [.init(month: "2026-03", product: "rare", topic: "price", sentiment: "neutral", rating: 1, nps: 8), .init(month: "2026-03", product: "rare", topic: "price", sentiment: "neutral", rating: 1, nps: 8)]
        return Answers(rows: rows)
    }

    private func report(_ language: Language) async throws -> Report {
        let figures = try await Figures(from: source, purpose: "insight", since: nil, until: nil)
        let names = ["product.noise": language == .chinese ? "噪音" : "Noise & hum", "delivery": language == .chinese ? "配送" : "Delivery, late"]
        return Report(figures: figures, language: language, names: names, period: "2026 Q1")
    }

    @Test("figures are those of the groups, in both languages, and what grew is named with its statistic")
    func figures() async throws {
        let english = try await report(.english).html
        // 30 of 120 shown ratings are 5; 30 promoters less 90 critics of 120 shown; 90 of 120 negative.
        for part in ["<b>122</b><span>Feedback</span>", "<b>25 %</b><span>CSAT</span>", "<b>-50</b><span>NPS</span>", "<b>75 %</b><span>Negative</span>", "Noise &amp; hum", "Emerging topics"] {
            #expect(english.contains(part), "\(part)")
        }
        let chinese = try await report(.chinese).html
        #expect(chinese.contains("客户之声报告") && chinese.contains("噪音") && chinese.contains("新兴话题") && chinese.contains("lang=\"zh\""))
    }

    @Test("groups that were too small are nowhere, and their number is said")
    func small() async throws {
        let html = try await report(.english).html
        #expect(!html.contains("rare") && !html.contains("price"))
        #expect(html.contains("groups were too small to be shown"))
    }

    @Test("names from the data are escaped, and nothing outside is loaded")
    func selfContained() async throws {
        let html = try await report(.english).html
        #expect(html.contains("&lt;b&gt;Mini&lt;/b&gt;") && !html.contains("<b>Mini"))
        #expect(!html.contains("http") && !html.contains("<script") && !html.contains("url("))
        // Every tag that opens closes: it parses as XML once the head's void tags are closed.
        let body = html.components(separatedBy: "<body>")[1].components(separatedBy: "</body>")[0]
        let parser = XMLParserCheck(body)
        #expect(parser.isWellFormed, "\(parser.problem)")
    }

    @Test("the spreadsheet has a row a topic, quoted where needed")
    func csv() async throws {
        let lines = try await report(.english).csv.components(separatedBy: "\r\n")
        #expect(lines[0] == "topic,name,records,customers,average_rating,negative_share")
        #expect(lines[1] == "delivery,\"Delivery, late\",100,100,2.6,0.7")
        #expect(lines[2] == "product.noise,Noise & hum,20,20,3.5,1.0" && lines[3] == "")
    }

    @Test("without data the report says so")
    func empty() async throws {
        let figures = try await Figures(from: Answers(rows: []), purpose: "insight", since: nil, until: nil)
        #expect(Report(figures: figures, language: .english, names: [:], period: "").html.contains("There is nothing that may be shown"))
    }
}

/// Checks that tags nest.
private struct XMLParserCheck {
    var problem = ""
    var isWellFormed: Bool { problem.isEmpty }

    init(_ html: String) {
        var stack: [String] = []
        var rest = html[...]
        while let open = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: ">") else {
                problem = "a tag does not end"
                return
            }
            let tag = rest[..<close]
            rest = rest[rest.index(after: close)...]
            if tag.hasSuffix("/") || tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                guard stack.popLast() == String(tag.dropFirst()) else {
                    problem = "\(tag) closes nothing"
                    return
                }
            } else {
                stack.append(String(tag.prefix { $0 != " " && $0 != "\n" }))
            }
        }
        if !stack.isEmpty { problem = "\(stack) stay open" }
    }
}
