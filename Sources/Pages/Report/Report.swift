import RedactedAPI
import Reporting

/// A report as one HTML file: no script, no external asset; prints well.
package struct Report: Sendable {
    let figures: Figures
    let template: Template
    let language: Language
    /// Names of codes by id.
    private let names: [String: String]
    private let period: String
    /// Which records it is about, as it was asked; nil: all.
    let condition: String?
    let tasks: [(task: ImprovementTask, effect: Effect?)]
    let use: UseFigures?

    /// - Parameters:
    ///   - names: of topics and reasons to hurry, in the report's language.
    ///   - period: as the reader shall see it.
    ///   - condition: the same.
    ///   - tasks: for the template about them, with what they brought.
    ///   - use: for the template about compliance.
    package init(
        figures: Figures, template: Template = .overview, language: Language, names: [String: String], period: String, condition: String? = nil,
        tasks: [(task: ImprovementTask, effect: Effect?)] = [], use: UseFigures? = nil
    ) {
        (self.figures, self.template, self.language, self.names, self.period) = (figures, template, language, names, period)
        (self.condition, self.tasks, self.use) = (condition, tasks, use)
    }

    package var html: String {
        HTML.file(title, language: language, style: Style.report, lead: "\(lead)", sections.html { $0 }).text
    }

    private var lead: String {
        guard let condition else { return period }
        return (period.isEmpty ? "" : period + " · ") + t("仅含符合条件的反馈：", "only feedback with ") + condition
    }

    private var title: String {
        switch template {
        case .overview: t("客户之声报告", "Voice of the customer")
        case .product: t("产品反馈报告", "Product feedback")
        case .channel: t("渠道与地区报告", "Channels and regions")
        case .tasks: t("改进任务报告", "Improvement tasks")
        case .compliance: t("访问与合规报告", "Use of the vault")
        }
    }

    private var sections: [HTML] {
        switch template {
        case .overview: [indicators, trend, segments, topics, priorities, needs, urgency, notes]
        case .product: [products, segments, productTopics, priorities, notes]
        case .channel: [channels, regions, segments, churn, notes]
        case .tasks: [taskList, taskEffects]
        case .compliance: [access, events]
        }
    }

    // MARK: Parts of sections

    func t(_ chinese: String, _ english: String) -> String { language.pick(chinese, english) }

    func name(_ id: String) -> String { names[id] ?? id }

    func section(_ heading: String, _ body: HTML) -> HTML { when(!body.isEmpty, "<section><h2>\(heading)</h2>\(body)</section>\n") }

    func heading(_ text: String) -> HTML { "<h3>\(text)</h3>" }

    func percent(_ share: Double?) -> String { share.map { "\(Scale.text(($0 * 1000).rounded() / 10)) %" } ?? "–" }

    func rounded(_ value: Double?, _ digits: Int = 2) -> String {
        let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        return value.map { Scale.text(($0 * factor).rounded() / factor) } ?? "–"
    }

    func tiles(_ tiles: [(String, String)]) -> HTML {
        "<ul class=\"tiles\">\(tiles.html { "<li><b>\($0.1)</b><span>\($0.0)</span></li>" })</ul>\n"
    }

    /// - Parameter rows: the first cell of each heads it; without any there is no table.
    func table(_ columns: [String], _ rows: [[String]]) -> HTML {
        when(!rows.isEmpty, Table(columns.map { .text($0) }, rows: rows.map { $0.map { "\($0)" } }).html)
    }

    static let sentiments = ["negative", "neutral", "positive"]
    var sentimentNames: [String] { [t("负面", "negative"), t("中性", "neutral"), t("正面", "positive")] }

    var topicRows: [(id: String, name: String, group: Figures.Group, negative: Double?)] {
        figures["topic"].sorted { $0.customers > $1.customers }.map { group in
            // Unknown when the negative part is too small to be shown.
            let negative = figures.count(["topic", "sentiment"], group.keys[0], "negative")
            return (group.keys[0], name(group.keys[0]), group, negative.map { min($0 / group.customers, 1) })
        }
    }
}
