import Foundation
import Testing

@testable import Policy

@Suite("Slips in forms.yaml")
struct FormSlips {
    private static let form = """
        title: {zh: 标题, en: Title}
        channel: web
        purposes: {intake: insight, requests: insight}
        fields: [{field: text, label: {zh: 内容, en: Text}}, {field: rating, label: {zh: 评分, en: Rating}, options: [{value: 5, label: {zh: 好, en: Good}}]}]
        consent: {version: 1, text: {zh: 文本, en: Text}, decisions: [{purpose: insight, label: {zh: 同意, en: Yes}}]}
        embed: ["https://www.example.com"]
        limits: {day: 10}
        """

    /// Problems with the line that each is on.
    private func problems(_ form: String, name: String = "feedback") -> (found: [String], forms: [FormPolicy]) {
        var loader = PolicyLoader(problems: Problems())
        loader.definedPurposes.isWhole = true
        loader.definedPurposes.insert("insight")
        loader.definedFields.isWhole = true
        loader.definedFields.insert("rating")
        loader.channels = ["web", "app"]
        loader.fields = [
            FieldSchema(
                name: "rating", path: "attributes.rating", fieldClass: .plain, kind: .integer, normalizer: .none, indexed: false, bounds: 1...5,
                place: Place(file: "schema.yaml", line: 1))
        ]
        let text = "version: 1\nforms:\n  \(name):\n" + form.split(separator: "\n").map { "    \($0)\n" }.joined()
        loader.readForms(Located.document(text, file: "forms.yaml", problems: loader.problems))
        return (loader.problems.found.map { "\($0)" }, loader.forms)
    }

    @Test("what is right is accepted, and the form's role may bring records in and open requests, and nothing else")
    func right() throws {
        let (found, forms) = problems(Self.form)
        #expect(found.isEmpty, "\(found)")
        let form = try #require(forms.first)
        #expect(form.languages == ["zh", "en"] && form.source == "form-feedback" && form.perDay == 10 && form.perAddress == 10 && form.principal == "feedback@forms")
        #expect(form.fields.map(\.path) == ["text", "attributes.rating"] && form.fields.map(\.kind) == [.long, .choice])
        #expect(form.ownRole.grants.map(\.actions) == [[.ingest], [.caseManage]] && form.ownRole.grants.allSatisfy { $0.fields.isEmpty && $0.pageLimit == 0 })
    }

    @Test(
        "each slip is named with its line",
        arguments: [
            ("title: {zh: 标题, en: Title}", "title: {zh: 标题, fr: Titre}", 4, "unknown key 'fr'"),
            ("title: {zh: 标题, en: Title}", "titel: {zh: 标题, en: Title}", 4, "did you mean 'title'?"),
            ("en: Text}}, {field: rating", "nn: Text}}, {field: rating", 7, "unknown key 'nn'"),
            ("label: {zh: 内容, en: Text}", "label: {zh: 内容}", 7, "lacks 'en', which the title has"),
            ("channel: web", "channel: wbe", 5, "did you mean 'web'?"),
            ("intake: insight", "intake: insigt", 6, "did you mean 'insight'?"),
            (", requests: insight}", "}", 6, "lacks 'requests'"),
            ("field: rating", "field: ratng", 7, "did you mean 'rating'?"),
            ("field: rating, label: {zh: 评分, en: Rating}, options", "field: text, label: {zh: 评分, en: Rating}, options", 7, "is written freely"),
            ("value: 5", "value: 6", 7, "out of the bounds"),
            ("value: 5", "value: five", 7, "is a number, and 'five' is none"),
            ("purpose: insight", "purpose: insigt", 8, "did you mean 'insight'?"),
            ("https://www.example.com", "https://www.example.com/", 9, "must be an origin"),
            ("https://www.example.com", "https://*.example.com", 9, "must be an origin"),
            ("https://www.example.com", "https://www.example.com; script-src *", 9, "must be an origin"),
            ("https://www.example.com", "http://www.example.com", 9, "must begin with https://"),
            ("day: 10", "day: 0", 10, "day must be between 1 and 100000"),
        ])
    func slips(old: String, new: String, line: Int, word: String) {
        #expect(Self.form.contains(old))
        let found = problems(Self.form.replacing(old, with: new, maxReplacements: 1)).found
        #expect(found.contains { $0.contains(word) && $0.contains("forms.yaml:\(line)") }, "\(found)")
    }

    @Test("names of forms stand in addresses and principals")
    func names() {
        for name in ["Feedback", "a_b", "a/b", "意见"] { #expect(problems(Self.form, name: name).found.contains { $0.contains("lower-case") }, "\(name)") }
    }
}
