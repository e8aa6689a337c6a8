import Classification
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Classification of what changed")
struct FollowingTests {
    private struct Stopped: Error {}

    @Test("reads what changed and nothing else, continues after an interruption, and codes a changed text anew")
    func follows() async throws {
        let vault = try TestVault()
        let coder = try vault.session("classification")
        try vault.ingest((1...5).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "价格太贵了 \($0)") })
        let classifier = Classifier(frame: CodeFrame(codes: [.init(id: "price", chinese: "价格", english: "price", department: "sales", isUrgent: false, phrases: ["价格"])]))
        var place: String?
        await #expect(throws: Stopped.self) {
            _ = try await classifier.follow(coder, purpose: "insight", from: nil, page: 2) { cursor in
                if place != nil { throw Stopped() }
                place = cursor
            }
        }
        // The second page was coded before it was interrupted.
        let rest = try await classifier.follow(coder, purpose: "insight", from: place, page: 2) { place = $0 }
        #expect(rest.coded == 1 && rest.withTopic == 1)
        #expect(try await classifier.follow(coder, purpose: "insight", from: place) { place = $0 }.coded == 0)
        try vault.ingest([line(id: "6", customer: ["id": "C6"], text: "别的")])
        let later = try await classifier.follow(coder, purpose: "insight", from: place) { place = $0 }
        #expect(later.coded == 1 && later.withTopic == 0)
        #expect(try vault.session("retention").reredact(all: true).done == 6)
        #expect(try await classifier.follow(coder, purpose: "insight", from: place) { place = $0 }.coded == 6)
        let entries = try vault.session("compliance").auditEntries(AuditFilter(action: "annotate"))
        #expect(entries.map(\.rows).reduce(0, +) == 12)
    }
}
