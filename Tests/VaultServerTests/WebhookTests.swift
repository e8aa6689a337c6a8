import Foundation
import HTTPTypes
import Hummingbird
import Synchronization
import TestVaults
import Testing
import VaultServer

@testable import VoCVault

/// What endpoints get, over HTTP.
@Suite("Webhooks")
struct WebhookTests {
    /// A server that gets them.
    private final class Receiver: Sendable {
        struct Got: Sendable {
            var path: String
            var headers: HTTPFields
            var body: String
        }

        private let got = Mutex<[Got]>([])
        private let (stream, continuation) = AsyncStream<Void>.makeStream()
        let answer: @Sendable (Int, String) -> HTTPResponse.Status

        /// - Parameter answer: given how many came before, and the body.
        init(_ answer: @escaping @Sendable (Int, String) -> HTTPResponse.Status = { _, _ in .noContent }) { self.answer = answer }

        var all: [Got] { got.withLock { $0 } }

        /// Waits until one more has come.
        func next() async { for await _ in stream { return } }

        func with<R>(_ body: @Sendable (Int) async throws -> R) async throws -> R {
            let router = Router()
            router.post("/**") { request, _ in
                let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
                let count = self.got.withLock { got in
                    got.append(Got(path: request.uri.path, headers: request.headers, body: text))
                    return got.count - 1
                }
                self.continuation.yield()
                return Response(status: self.answer(count, text), headers: [.location: "/elsewhere"])
            }
            let (ports, port) = AsyncStream<Int>.makeStream()
            let application = Application(
                responder: router.buildResponder(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
            let running = Task { try await application.run() }
            defer { running.cancel() }
            for await found in ports { return try await body(found) }
            throw CancellationError()
        }
    }

    private static func vault(_ endpoints: [(name: String, port: Int)]) throws -> (test: TestVault, vault: Vault) {
        let test = try TestVault()
        let secret = test.location.policies + "/secret"
        try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8).write(to: URL(fileURLWithPath: secret))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        let lines = endpoints.map {
            "  - {name: \($0.name), url: \"http://127.0.0.1:\($0.port)/hook\", events: [case.opened, case.closed], purpose: subject-request, secret: secret}\n"
        }
        try ("version: 1\nendpoints:\n" + lines.joined()).write(toFile: test.location.policies + "/outbox.yaml", atomically: true, encoding: .utf8)
        try test.ingest((1...3).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        return (test, try test.reopened())
    }

    private static func openCases(_ test: TestVault, _ vault: Vault) throws -> [String] {
        let officer = try vault.session(token: test.token("compliance"))
        return try (1...3).map { number in
            let subject = try #require(try officer.lookup(field: "customer_id", value: "C\(number)", purpose: "subject-request").subjects.first)
            _ = try officer.openCase(.access, of: subject, purpose: "subject-request", note: nil)
            return subject
        }
    }

    @Test("an endpoint gets signed CloudEvents, once each; what it answers with decides what is sent again")
    func delivered() async throws {
        let receiver = Receiver { count, _ in [.noContent, .badRequest, .internalServerError][count % 3] }
        try await receiver.with { port in
            let (test, vault) = try Self.vault([("crm", port)])
            let subjects = try Self.openCases(test, vault)
            let sender = WebhookSender()
            let endpoint = vault.policies.outbox[0]
            // One is taken, one refused, and at the third the endpoint fails.
            let report = try await sender.deliver(vault, to: endpoint)
            #expect(report == .init(delivered: 1, failed: 2, failure: "status 500"))
            let got = receiver.all
            #expect(got.count == 3 && got.allSatisfy { $0.path == "/hook" })
            #expect(got[0].headers[.contentType] == "application/cloudevents+json; charset=utf-8")
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] { #expect(got[0].headers[HTTPField.Name(name)!]?.isEmpty == false) }
            #expect(got[0].headers[HTTPField.Name("webhook-signature")!]?.hasPrefix("v1,") == true && got[0].body.contains(subjects[0]))
            #expect(try await sender.deliver(vault, to: endpoint) == .init())
            test.clock.advance(minutes: 1)
            #expect(try await sender.deliver(vault, to: endpoint) == .init(delivered: 1, failed: 1, failure: nil))
            // The same message has the same name.
            #expect(receiver.all[3].headers[HTTPField.Name("webhook-id")!] == got[1].headers[HTTPField.Name("webhook-id")!] && receiver.all[3].body == got[1].body)
            await sender.end()
        }
    }

    @Test("a redirect is followed nowhere")
    func redirects() async throws {
        let receiver = Receiver { _, _ in .temporaryRedirect }
        try await receiver.with { port in
            let (test, vault) = try Self.vault([("crm", port)])
            _ = try Self.openCases(test, vault)
            let sender = WebhookSender()
            #expect(try await sender.deliver(vault, to: vault.policies.outbox[0]) == .init(delivered: 0, failed: 3, failure: nil))
            #expect(receiver.all.count == 3 && receiver.all.allSatisfy { $0.path == "/hook" })
            await sender.end()
        }
    }

    @Test("a server drops what an endpoint was to be told that has left the policy")
    func former() async throws {
        let receiver = Receiver()
        try await receiver.with { port in
            let (test, vault) = try Self.vault([("gone", 9), ("crm", port)])
            _ = try Self.openCases(test, vault)
            let file = test.location.policies + "/outbox.yaml"
            let kept = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").filter { !$0.contains("name: gone") }.joined(separator: "\n")
            try kept.write(toFile: file, atomically: true, encoding: .utf8)
            let reloaded = try test.reopened()
            #expect(try reloaded.outboxMeasures().map(\.endpoint) == ["crm", "gone"])
            try await withServer(vault: test, serving: reloaded) { _ in for _ in 1...3 { await receiver.next() } }
            #expect(try !reloaded.outboxMeasures().contains { $0.endpoint == "gone" })
        }
    }

    @Test("a server tells endpoints by itself, whatever has become of another, and measures what waits")
    func serving() async throws {
        let receiver = Receiver()
        try await receiver.with { port in
            // Nobody listens on port 9.
            let (test, vault) = try Self.vault([("dead", 9), ("crm", port)])
            try await withServer(vault: test, serving: vault) { server in
                _ = try Self.openCases(test, vault)
                for _ in 1...3 { await receiver.next() }
                #expect(Set(receiver.all.map(\.body)).count == 3)
                let measures = try await server.send("GET", "/metrics").text
                #expect(measures.contains(#"vocvault_outbox_waiting{endpoint="dead"} 3.0"#) && measures.contains(#"vocvault_outbox_lag_seconds{endpoint="dead"}"#))
                #expect(try vault.session(token: test.adminToken).examine().contains { $0.check == "outbox" })
            }
        }
    }
}
