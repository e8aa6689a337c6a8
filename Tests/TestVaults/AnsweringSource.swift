import RedactedAPI

/// A source that answers as a policy would: groups of fewer than five customers are left out.
package struct AnsweringSource: RedactedSource {
    package struct Row: Sendable {
        package var month: String
        package var product: String
        package var topic: String
        package var sentiment: String
        package var rating: Int64
        package var nps: Int64
        package var urgency: String

        package init(month: String, product: String, topic: String, sentiment: String, rating: Int64, nps: Int64, urgency: String = "") {
            (self.month, self.product, self.topic, self.sentiment) = (month, product, topic, sentiment)
            (self.rating, self.nps, self.urgency) = (rating, nps, urgency)
        }
    }

    package var rows: [Row]

    package init(rows: [Row]) { self.rows = rows }

    package func page(_ query: Query) async throws -> Page {
        preconditionFailure("figures need no rows")
    }

    package func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        var groups: [[String]: [Row]] = [:]
        func isMeant(_ row: Row, by filter: Condition) -> Bool {
            switch filter {
            case .not(.isNull(field: "urgency")): !row.urgency.isEmpty
            case .compare(field: "topic", .equal, let value): value == .text(row.topic)
            case .compare(field: "product", .equal, let value): value == .text(row.product)
            case .and(let parts): parts.allSatisfy { isMeant(row, by: $0) }
            default: false
            }
        }
        for row in rows where query.filter.map({ isMeant(row, by: $0) }) ?? true {
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
                key.map { Value.text($0) }
                    + query.measures.map { measure -> Value in
                        switch measure {
                        case .average(let field) where field != "rating": .null
                        case .average: .decimal(Double(rows.reduce(0) { $0 + $1.rating }) / Double(rows.count))
                        default: .integer(Int64(rows.count))
                        }
                    }
            }, receipt: 0)
    }

    /// Three months; in the last one twenty complain about noise, two about the price.
    package static var threeMonths: AnsweringSource {
        var rows: [Row] = []
        for month in ["2026-01", "2026-02", "2026-03"] {
            for index in 0..<40 {
                let noise = month == "2026-03" && index < 20
                rows.append(
                    .init(
                        month: month, product: index % 2 == 0 ? "X5" : "<b>Mini</b>", topic: noise ? "product.noise" : "delivery", sentiment: index < 30 ? "negative" : "positive",
                        rating: index < 10 ? 5 : 2, nps: index < 10 ? 10 : 3, urgency: noise && index % 2 == 0 ? "urgent.churn" : ""))
            }
        }
        rows += [
            .init(month: "2026-03", product: "rare", topic: "price", sentiment: "neutral", rating: 1, nps: 8),
            .init(month: "2026-03", product: "rare", topic: "price", sentiment: "neutral", rating: 1, nps: 8),
        ]
        return AnsweringSource(rows: rows)
    }
}
