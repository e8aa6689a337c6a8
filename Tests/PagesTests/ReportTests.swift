import Foundation
import Pages
import RedactedAPI
import Reporting
import TestVaults
import Testing

@Suite("Reports")
struct ReportTests {
    private func report(_ language: Language, _ template: Template = .overview) async throws -> Report {
        let figures = try await Figures(from: AnsweringSource.threeMonths, for: template, purpose: "insight", since: nil, until: nil)
        let names = ["product.noise": language == .chinese ? "噪音" : "Noise & hum", "delivery": language == .chinese ? "配送" : "Delivery, late"]
        return Report(figures: figures, template: template, language: language, names: names, period: "2026 Q1")
    }

    @Test("figures are those of the groups, in both languages, and what grew is named with its statistic")
    func figures() async throws {
        let english = try await report(.english).html
        // 30 of 120 shown ratings are 5; 30 promoters less 90 critics of 120 shown; 90 of 120 negative.
        for part in [
            "<b>122</b><span>Feedback</span>", "<b>25 %</b><span>CSAT</span>", "<b>-50</b><span>NPS</span>", "<b>75 %</b><span>Negative</span>", "Noise &amp; hum",
            "Emerging topics",
        ] {
            #expect(english.contains(part), "\(part)")
        }
        let chinese = try await report(.chinese).html
        #expect(chinese.contains("客户之声报告") && chinese.contains("噪音") && chinese.contains("新兴话题") && chinese.contains("lang=\"zh-CN\""))
    }

    @Test("a report about some records says so, and every figure is theirs; segments have a table each", arguments: [Template.overview, .product, .channel])
    func someRecords(template: Template) async throws {
        let filter = Condition.compare(field: "product", .equal, .text("X5"))
        let figures = try await Figures(
            from: AnsweringSource.threeMonths, for: template, where: filter, segments: ["product", "region"], purpose: "insight", since: nil, until: nil)
        #expect(figures.total?.customers == 60 && figures.tables.values.joined().allSatisfy { $0.customers <= 60 } && !figures.tables.isEmpty)
        #expect(figures.priorities.allSatisfy { $0.customers <= 60 })
        let report = Report(figures: figures, template: template, language: .english, names: [:], period: "2026 Q1", condition: "product = 'X5'")
        for part in ["2026 Q1 · only feedback with product = &#39;X5&#39;", "Segments: product", "Segments: region", "上海"] { #expect(report.html.contains(part), "\(part)") }
        #expect(!report.html.contains("Mini"))
        #expect(String(decoding: report.json, as: UTF8.self).hasPrefix("{\"where\":\"product = 'X5'\",\"tables\":["))
        let whole = try await Figures(from: AnsweringSource.threeMonths, for: template, purpose: "insight", since: nil, until: nil)
        #expect(!Report(figures: whole, template: template, language: .english, names: [:], period: "").html.contains("Segments"))
    }

    @Test("groups that were too small are nowhere, and nothing tells of them")
    func small() async throws {
        let html = try await report(.english).html
        #expect(!html.contains("rare") && !html.contains("price"))
        #expect(html.contains("groups of too few customers are not shown"))
    }

    @Test("what is not shown of a bar is drawn as such, and an unknown severity is not zero")
    func notShown() async throws {
        var source = AnsweringSource.threeMonths
        source.rows += (0..<40).map { .init(month: "2026-03", product: "X5", topic: "store", sentiment: $0 < 4 ? "negative" : "positive", rating: 3, nps: 8) }
        let figures = try await Figures(from: source, purpose: "insight", since: nil, until: nil)
        let html = Report(figures: figures, language: .english, names: [:], period: "").html
        #expect(html.contains("class=\"fill m3\"") && html.contains(">not shown</td>"))
        #expect(Report(figures: figures, language: .chinese, names: [:], period: "").html.contains("未显示"))
    }

    @Test("names from the data are escaped, and nothing outside is loaded")
    func selfContained() async throws {
        let html = try await report(.english, .product).html
        #expect(html.contains("&lt;b&gt;Mini&lt;/b&gt;") && !html.contains("<b>Mini"))
        #expect(!html.contains("http") && !html.contains("<script") && !html.contains("url("))
        // Every tag that opens closes: it parses as XML once the head's void tags are closed.
        let body = html.components(separatedBy: "<body>")[1].components(separatedBy: "</body>")[0]
        let parser = XMLParserCheck(body)
        #expect(parser.isWellFormed, "\(parser.problem)")
    }

    @Test("the spreadsheet has a row a topic, quoted where needed")
    func csv() async throws {
        let lines = String(decoding: try await report(.english).csv, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines[0] == "topic,name,records,customers,average_rating,negative_share")
        #expect(lines[1] == "delivery,\"Delivery, late\",,100,,0.7")
        #expect(lines[2] == "product.noise,Noise & hum,,20,,1.0" && lines[3] == "")
    }

    @Test("every template says what it is about, in both languages, well-formed", arguments: Template.allCases, Language.allCases)
    func templates(template: Template, language: Language) async throws {
        let figures = try await Figures(from: AnsweringSource.threeMonths, for: template, purpose: "insight", since: nil, until: nil)
        let task = ImprovementTask(
            id: 7, state: .done, title: "quieter <fan>", filter: .compare(field: "topic", .equal, .text("delivery")), owner: "chen",
            due: Timestamp("2026-12-31T00:00:00Z")!, expected: "half",
            events: [
                .init(step: .start, by: "chen", at: Timestamp("2026-02-01T00:00:00Z")!, note: ""),
                .init(step: .finish, by: "chen", at: Timestamp("2026-02-28T08:00:00Z")!, note: "x"),
            ])
        let effect = try await Effect(of: task.filter, from: task.started!, until: task.finished!, days: 31, now: task.due, in: AnsweringSource.threeMonths, purpose: "insight")
        let use = UseFigures(
            days: [.init(day: "2026-03-01", allowed: 5, denied: 1), .init(day: "2026-03-02", allowed: 7, denied: 0)],
            denials: [.init(entry: 12, time: "2026-03-01T00:00:00Z", principal: "zhao", action: "reveal", rule: "no grant")], alerts: [], records: 122, customers: 100,
            openCases: 2, overdueCases: 1, waitingApprovals: 0, due: 3, auditEntries: 400, verified: nil)
        let report = Report(figures: figures, template: template, language: language, names: ["delivery": "配送"], period: "2026", tasks: [(task, effect)], use: use)
        let html = report.html
        let wanted: [String] =
            switch template {
            case .overview: [language == .chinese ? "优先级" : "Priorities", "<b>122</b>", "配送", language == .chinese ? "基本型" : "basic"]
            case .product: ["X5", language == .chinese ? "话题 × 产品" : "Topic × product", ">-50</td>"]
            case .channel: ["hotline", "北京", language == .chinese ? "流失风险人群" : "Groups at risk of churn"]
            case .tasks: ["quieter &lt;fan&gt;", "chen", "-5.4", language == .chinese ? "待验收" : "awaiting acceptance"]
            case .compliance: ["<b>400</b>", "zhao", "03-01", language == .chinese ? "逾期请求" : "Overdue"]
            }
        for part in wanted { #expect(html.contains(part), "\(template) \(language): \(part)") }
        let body = html.components(separatedBy: "<body>")[1].components(separatedBy: "</body>")[0]
        #expect(XMLParserCheck(body).isWellFormed, "\(XMLParserCheck(body).problem)")
        #expect(!html.contains("rare"))
    }

    @Test("the figures for other programs are those of the tables")
    func json() async throws {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(try await report(.english).json)) as? [String: Any])
        let tables = try #require(object["tables"] as? [[String: Any]])
        let topics = try #require(tables.first { ($0["by"] as! [String]) == ["topic"] })
        #expect(topics["columns"] as? [String] == ["topic", "records", "customers", "rating", "ces", "response_minutes", "closing_hours"])
        let rows = try #require(topics["rows"] as? [[Any]])
        #expect(rows.count == 2 && rows[0][0] as? String == "delivery" && rows[0][1] is NSNull && rows[0][2] as? Int == 100 && rows[0][3] is NSNull)
        #expect(Array(object.keys) == ["tables"])
    }

    @Test("without data the report says so")
    func empty() async throws {
        let figures = try await Figures(from: AnsweringSource(rows: []), purpose: "insight", since: nil, until: nil)
        #expect(Report(figures: figures, language: .english, names: [:], period: "").html.contains("No data can be shown"))
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
