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
        var urgency = ""
    }

    var rows: [Row]

    func page(_ query: Query) async throws -> Page {
        Issue.record("a report asks for no rows")
        return Page(columns: [], rows: [], nextCursor: nil, receipt: 0)
    }

    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        var groups: [[String]: [Row]] = [:]
        for row in rows where query.filter == nil || query.filter == .not(.isNull(field: "urgency")) && !row.urgency.isEmpty || query.filter == .compare(field: "topic", .equal, .text(row.topic)) {
            if let since = query.since, row.month < since.description.prefix(7) { continue }
            if let until = query.until, row.month >= until.description.prefix(7) { continue }
            let key = query.groupBy.map { key -> String in
                switch key.name {
                case "month(occurred_at)": row.month
                case "product": row.product
                case "topic": row.topic
                case "sentiment": row.sentiment
                case "rating": String(row.rating)
                case "nps": String(row.nps)
                case "channel": "hotline"
                case "region": row.month == "2026-03" ? "北京" : "上海"
                case "urgency": row.urgency
                case "need": row.sentiment == "negative" ? "basic" : "delight"
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
                    case .average(let field) where field != "rating": .null
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
                rows.append(.init(month: month, product: index % 2 == 0 ? "X5" : "<b>Mini</b>", topic: noise ? "product.noise" : "delivery", sentiment: index < 30 ? "negative" : "positive", rating: index < 10 ? 5 : 2, nps: index < 10 ? 10 : 3, urgency: noise && index % 2 == 0 ? "urgent.churn" : ""))
            }
        }
        rows += [.init(month: "2026-03", product: "rare", topic: "price", sentiment: "neutral", rating: 1, nps: 8), .init(month: "2026-03", product: "rare", topic: "price", sentiment: "neutral", rating: 1, nps: 8)]
        return Answers(rows: rows)
    }

    private func report(_ language: Language, _ template: Template = .overview) async throws -> Report {
        let figures = try await Figures(from: source, for: template, purpose: "insight", since: nil, until: nil)
        let names = ["product.noise": language == .chinese ? "噪音" : "Noise & hum", "delivery": language == .chinese ? "配送" : "Delivery, late"]
        return Report(figures: figures, template: template, language: language, names: names, period: "2026 Q1")
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
        let lines = try await report(.english).csv.components(separatedBy: "\r\n")
        #expect(lines[0] == "topic,name,records,customers,average_rating,negative_share")
        #expect(lines[1] == "delivery,\"Delivery, late\",100,100,2.6,0.7")
        #expect(lines[2] == "product.noise,Noise & hum,20,20,3.5,1.0" && lines[3] == "")
    }

    @Test("priorities are what their figures make them, and the weights weigh")
    func priorities() async throws {
        func ranked(byProduct: Bool = false, _ weights: Priority.Weights = .init(), efforts: [String: Int] = ["product.noise": 1]) async throws -> [Priority] {
            try await Priority.ranked(from: source, byProduct: byProduct, efforts: efforts, weights: weights, purpose: "insight", since: nil, until: nil)
        }
        let both = try await ranked()
        let noise = try #require(both.first { $0.code == "product.noise" })
        // 20 of 122 customers, all negative, half of them urgent; the topic is new, so its trend is unknown.
        #expect(noise.records == 20 && abs(noise.reach - 20 / 122.0) < 1e-9 && abs(noise.severity - 1.5) < 1e-9 && noise.trend == 1 && noise.effort == 1)
        #expect(abs(noise.score - 100 * noise.reach * noise.severity) < 1e-6)
        let delivery = try #require(both.first { $0.code == "delivery" })
        // 20 of 42 in the last month, 80 of 80 before: it halves at most.
        #expect(abs(delivery.severity - 0.7) < 1e-9 && delivery.trend == 0.5 && delivery.effort == 3)
        #expect(both.map(\.code) == ["product.noise", "delivery"])
        let byReach = try await ranked(.init(reach: 1, severity: 0, trend: 0, effort: 0))
        #expect(byReach.map(\.code) == ["delivery", "product.noise"] && abs(byReach[0].score - 100 * 100 / 122.0) < 1e-6)
        let roots = try await ranked(.init(reach: 0.5, severity: 2.25, trend: 1, effort: 0.5), efforts: ["product.noise": 4])
        let score = try #require(roots.first { $0.code == "product.noise" }).score
        #expect(abs(score - 100 * pow(20 / 122.0, 0.5) * pow(1.5, 2.25) / 2) < 1e-6)
        #expect(try await ranked(byProduct: true).contains { $0.code == "product.noise" && $0.product == "X5" && $0.records == 10 })
    }

    @Test("the effect of a change: its kind's share before and after, with the statistic")
    func effect() async throws {
        let (start, end) = (Timestamp("2026-02-01T00:00:00Z")!, Timestamp("2026-02-28T12:00:00Z")!)
        let effect = try await Effect(
            of: .compare(field: "topic", .equal, .text("delivery")), from: start, until: end, days: 31, now: Timestamp("2026-06-01T00:00:00Z")!, in: source,
            purpose: "insight")
        #expect(effect.before.count == 40 && effect.before.all == 40 && effect.before.negative == 0.75)
        #expect(effect.after.count == 20 && effect.after.all == 42 && effect.after.negative == 0.5 && effect.after.rating == 2)
        // 40 of 40 against 20 of 42, pooled 60 of 82.
        let pooled = 60.0 / 82
        #expect(abs(effect.z! - (20.0 / 42 - 1) / (pooled * (1 - pooled) * (1 / 40.0 + 1 / 42.0)).squareRoot()) < 1e-9)
        let later = try await Effect(
            of: .compare(field: "topic", .equal, .text("none")), from: start, until: end, days: 31, now: end, in: source, purpose: "insight")
        #expect(later.z == nil && later.after.share == nil)
    }

    @Test("every template says what it is about, in both languages, well-formed", arguments: Template.allCases, Language.allCases)
    func templates(template: Template, language: Language) async throws {
        let figures = try await Figures(from: source, for: template, purpose: "insight", since: nil, until: nil)
        let task = ImprovementTask(
            id: 7, state: .done, title: "quieter <fan>", filter: .compare(field: "topic", .equal, .text("delivery")), owner: "chen",
            due: Timestamp("2026-12-31T00:00:00Z")!, expected: "half",
            events: [.init(step: .start, by: "chen", at: Timestamp("2026-02-01T00:00:00Z")!, note: ""), .init(step: .finish, by: "chen", at: Timestamp("2026-02-28T08:00:00Z")!, note: "x")])
        let effect = try await Effect(of: task.filter, from: task.started!, until: task.finished!, days: 31, now: task.due, in: source, purpose: "insight")
        let use = UseFigures(
            days: [.init(day: "2026-03-01", allowed: 5, denied: 1), .init(day: "2026-03-02", allowed: 7, denied: 0)],
            denials: [.init(entry: 12, time: "2026-03-01T00:00:00Z", principal: "zhao", action: "reveal", rule: "no grant")], alerts: [], records: 122, customers: 100,
            openCases: 2, overdueCases: 1, waitingApprovals: 0, due: 3, auditEntries: 400, verified: nil)
        let report = Report(figures: figures, template: template, language: language, names: ["delivery": "配送"], period: "2026", tasks: [(task, effect)], use: use)
        let html = report.html
        let wanted: [String] =
            switch template {
            case .overview: [language == .chinese ? "优先级" : "Priorities", "<b>122</b>", "配送", language == .chinese ? "基本型" : "basic"]
            case .product: ["X5", language == .chinese ? "话题 × 产品" : "Topic × product", "<td>-50</td>"]
            case .channel: ["hotline", "北京", language == .chinese ? "流失风险人群" : "Groups at risk of churn"]
            case .tasks: ["quieter &lt;fan&gt;", "chen", "-5.4", language == .chinese ? "待验收" : "awaiting acceptance"]
            case .compliance: ["<b>400</b>", "zhao", "03-01", language == .chinese ? "逾期请求" : "Overdue"]
            }
        for part in wanted { #expect(html.contains(part), "\(template) \(language): \(part)") }
        let body = html.components(separatedBy: "<body>")[1].components(separatedBy: "</body>")[0]
        #expect(XMLParserCheck(body).isWellFormed, "\(XMLParserCheck(body).problem)")
        #expect(!html.contains("rare"))
    }

    @Test("a field that the policy does not show is not asked for")
    func fields() async throws {
        let figures = try await Figures(from: source, fields: ["topic", "occurred_at", "subject"], purpose: "insight", since: nil, until: nil)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(figures.json)) as? [String: Any])
        let tables = try #require(json["tables"] as? [[String: Any]])
        #expect(Set(tables.map { ($0["by"] as! [String]).joined(separator: "+") }) == ["month(occurred_at)", "topic", "topic+month(occurred_at)"])
        let topics = try #require(tables.first { ($0["by"] as! [String]) == ["topic"] }?["rows"] as? [[Any]])
        #expect(topics.count == 2 && topics[0][0] as? String == "delivery" && topics[0][1] as? Int == 100)
    }

    @Test("without data the report says so")
    func empty() async throws {
        let figures = try await Figures(from: Answers(rows: []), purpose: "insight", since: nil, until: nil)
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
