/// Draws figures about redacted feedback: one self-contained HTML file with SVG charts.
///
/// Imports nothing but the values of the redacted query API: it sees groups that the policy shows, never a person.
public enum Language: String, Sendable, CaseIterable {
    case chinese = "zh"
    case english = "en"

    /// One of two texts.
    func pick(_ chinese: String, _ english: String) -> String { self == .chinese ? chinese : english }
}
