import Foundation
import Testing

@testable import Policy

@Suite("Slips in outbox.yaml")
struct OutboxSlips {
    private func problems(_ endpoint: String) -> [String] {
        var loader = PolicyLoader(problems: Problems())
        loader.definedPurposes.isWhole = true
        loader.definedPurposes.insert("insight")
        loader.readOutbox(Located.document("version: 1\nendpoints:\n  - \(endpoint)\n", file: "outbox.yaml", problems: loader.problems), folder: "p")
        return loader.problems.found.map { "\($0)" }
    }

    @Test("what is right is accepted")
    func right() {
        for url in ["https://crm.example.com/hook?x=1", "http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:8080/x"] {
            #expect(problems(#"{name: crm, url: "\#(url)", events: [case.opened], purpose: insight, secret: s}"#).isEmpty, "\(url)")
        }
    }

    @Test(
        "each slip is named with its line",
        arguments: [
            (#"{name: crm, url: "http://crm.example.com", events: [case.opened], secret: s}"#, "https://"),
            (#"{name: crm, url: "https://user:pw@crm.example.com", events: [case.opened], secret: s}"#, "without a user"),
            (#"{name: crm, url: "http://localhost.example.com/x", events: [case.opened], secret: s}"#, "https://"),
            (#"{name: crm, url: "file:///etc/passwd", events: [case.opened], secret: s}"#, "must be an address"),
            (#"{name: crm, url: "https://a.example", events: [case.opend], secret: s}"#, "did you mean 'case.opened'?"),
            (#"{name: crm, url: "https://a.example", events: [case.opened], purpose: insigt, secret: s}"#, "did you mean 'insight'?"),
            (#"{name: CRM, url: "https://a.example", events: [case.opened], secret: s}"#, "lower-case"),
            (#"{name: crm, url: "https://a.example", events: [case.opened]}"#, "secret"),
            (#"{name: crm, url: "https://a.example", event: [case.opened], secret: s}"#, "events"),
        ])
    func slips(endpoint: String, word: String) {
        let found = problems(endpoint)
        #expect(found.contains { $0.contains(word) && $0.contains("outbox.yaml:3") }, "\(found)")
    }
}
