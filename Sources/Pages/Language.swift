/// The languages of pages.
package enum Language: String, Sendable, CaseIterable {
    case chinese = "zh"
    case english = "en"

    /// The one that a browser asks for first (`Accept-Language`).
    package init(accepting accept: String?) {
        let first = accept?.split(separator: ",").first.map(String.init) ?? ""
        self = first.lowercased().hasPrefix("zh") ? .chinese : .english
    }

    /// As BCP 47 has it.
    var tag: String { self == .chinese ? "zh-CN" : "en" }

    var other: Language { self == .chinese ? .english : .chinese }

    /// One of two texts.
    func pick(_ chinese: String, _ english: String) -> String { self == .chinese ? chinese : english }
}
