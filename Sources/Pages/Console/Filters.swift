import Foundation
import Policy
import RedactedAPI

extension ConsolePage {
    /// Names of codes in the page's language.
    package struct Names: Sendable {
        private let names: [String: String]

        package init(_ frame: CodeFrameFile?, _ language: Language) {
            names = Dictionary((frame?.codes ?? []).map { ($0.id, language.pick($0.chinese, $0.english)) }, uniquingKeysWith: { first, _ in first })
        }

        package func of(_ code: String) -> String { names[code] ?? code }
    }

    /// Whole months that are over, of the vault's time zone.
    package struct Months: Sendable {
        /// How many; nil: all that there are.
        let count: Int?
        package let since: Timestamp
        package let until: Timestamp
        /// Twelve months before `until`.
        package let year: Timestamp

        /// - Parameters:
        ///   - word: `1m`, `3m`, `6m`, `12m` or `all`.
        ///   - zone: whose month has begun at `now`.
        package init(_ word: String?, at now: Timestamp, in zone: TimeZone) {
            let local = Timestamp(milliseconds: now.milliseconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(now.milliseconds) / 1000))) * 1000)
            let end = local.date.year * 12 + local.date.month - 1
            func first(_ month: Int) -> Timestamp { Timestamp(milliseconds: Int64(Timestamp.daysSince1970(year: month / 12, month: month % 12 + 1, day: 1)) * 86_400_000) }
            count = word == "all" ? nil : word.flatMap { $0.hasSuffix("m") ? Int($0.dropLast()) : nil }.flatMap { (1...36).contains($0) ? $0 : nil } ?? 3
            (since, until, year) = (first(end - (count ?? 600)), first(end), first(end - 12))
        }

        package var name: String {
            let last = Timestamp(milliseconds: until.milliseconds - 1).description.prefix(7)
            guard let count, count > 1 else { return String(last) }
            return "\(since.description.prefix(7)) – \(last)"
        }
    }

    /// What pages of feedback are about. It stands in their addresses, so that they can be kept and handed on.
    package struct Filters: Sendable {
        /// Fields that are filtered by, in their order, each with the values to choose from.
        package var choices: [(field: String, values: [String])]
        package var chosen: [String: String]
        /// A condition beside them.
        private let extra: Condition?
        package var months: Months
        /// Names of values that are codes.
        package var labels: [String: String] = [:]
        private let period: String

        package init(period: String?, months: Months, choices: [(field: String, values: [String])], chosen: [String: String], condition: Condition? = nil) {
            (self.period, self.months, self.choices, self.chosen, extra) = (period ?? "3m", months, choices, chosen, condition)
        }

        package var condition: Condition? {
            let parts = choices.compactMap { choice in chosen[choice.field].map { Condition.compare(field: choice.field, .equal, .text($0)) } } + [extra].compactMap(\.self)
            return parts.count < 2 ? parts.first : .and(parts)
        }

        /// A page with these filters and one more.
        func path(_ path: String, with field: String? = nil, _ value: String = "") -> String {
            var chosen = chosen
            if let field { chosen[field] = value }
            let parts = [("period", period)] + chosen.sorted { $0.key < $1.key } + (extra.map { [("where", $0.description)] } ?? [])
            return "\(path)?\(parts.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: "&"))"
        }

        func proposal(about topic: String, named name: String) -> String {
            let parts = [condition, .compare(field: "topic", .equal, .text(topic))].compactMap(\.self)
            return "/console/improvements/new?title=\(Self.quoted(name))&where=\(Self.quoted((parts.count < 2 ? parts[0] : .and(parts)).description))"
        }

        static func quoted(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }

        var chosenPeriod: String { period }
        /// The condition beside what is chosen, as the form carries it on.
        var carried: String? { extra?.description }
    }

    /// The form of the filters, which a change sends by its button.
    func filtering(_ filters: Filters, on path: String) -> HTML {
        let periods =
            [
                ("1m", t("上个月", "Last month")), ("3m", t("最近 3 个整月", "Last 3 months")), ("6m", t("最近 6 个整月", "Last 6 months")), ("12m", t("最近 12 个整月", "Last 12 months")),
            ] + (path == "/console/texts" ? [("all", t("全部", "All"))] : [])
        let choices = filters.choices.html { choice in
            let values =
                [Option("", t.any)]
                + choice.values.map { Option($0, choice.field == "sentiment" ? t.mood($0) : filters.labels[$0] ?? $0, isChosen: filters.chosen[choice.field] == $0) }
            return self.choice(choice.field, name(ofField: choice.field), values)
        }
        return """
            <form method="get" action="\(path)" class="grid" role="search" aria-label="\(t("筛选", "Filter"))">
            \(choice("period", t.period, periods.map { Option($0.0, $0.1, isChosen: filters.chosenPeriod == $0.0) }))\(choices)
            \(filters.carried.map { condition in "\(hidden("where", condition))<p class=\"full\"><span class=\"hint\">\(t("仅含", "Only")) <code>\(condition)</code></span></p>" as HTML })
            <p class="full row"><button>\(t("应用筛选", "Apply"))</button>\(when(filters.condition != nil, "<a href=\"\(path)?period=\(filters.chosenPeriod)\">\(t("清除筛选", "Clear"))</a>"))</p></form>

            """
    }

    func name(ofField field: String) -> String {
        switch field {
        case "product": t.product
        case "region": t.region
        case "channel": t.channel
        case "topic": t.topic
        case "sentiment": t.sentiment
        case "rating": t.rating
        case "occurred_at": t.time
        case "store": t("门店", "Store")
        default: field
        }
    }
}
