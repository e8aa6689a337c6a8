/// The subject of a report.
public enum Template: String, Sendable, CaseIterable {
    /// Satisfaction, trends, topics, priorities, reasons to hurry.
    case overview
    case product
    /// Channels, regions, response times, and customers who may leave.
    case channel
    /// Improvements and their effects.
    case tasks
    /// How the vault is used.
    case compliance

    /// The fields, or `month(occurred_at)`, by which it groups.
    var tables: [[String]] {
        switch self {
        case .overview:
            [
                ["month(occurred_at)"], ["sentiment"], ["month(occurred_at)", "sentiment"], ["rating"], ["nps"], ["kind"], ["topic"], ["topic", "sentiment"],
                ["topic", "month(occurred_at)"], ["urgency"], ["need"], ["point"],
            ]
        case .product:
            [
                ["product"], ["product", "sentiment"], ["product", "rating"], ["product", "nps"], ["topic"], ["topic", "product"], ["product", "need"],
                ["product", "month(occurred_at)"], ["month(occurred_at)"],
            ]
        case .channel:
            [
                ["channel"], ["channel", "sentiment"], ["channel", "kind"], ["topic"], ["topic", "channel"], ["region"], ["region", "sentiment"], ["region", "topic"],
                ["urgency"], ["urgency", "product"], ["urgency", "channel"], ["urgency", "region"], ["urgency", "birth_date"], ["product"], ["birth_date"],
            ]
        case .tasks, .compliance: []
        }
    }
}
