import AuditLog
import Foundation
import RedactedAPI
import Sealing
import TestVaults
import Testing
import VaultAPI
import VoCVault

@testable import VaultServer

/// Webhooks of other tools, signed as these sign them.
@Suite("Webhooks of other tools")
struct HookTests {
    private let test: TestVault
    private static let secret = "a-secret-of-the-tool-0123456789"

    init() throws {
        test = try TestVault(sources: true)
        let rules = try String(contentsOfFile: test.location.policies + "/sources.yaml", encoding: .utf8)
        try rules.replacing(
            "\nsources: {}",
            with: """

                sources:
                  survey: {preset: typeform-webhook, webhook: {tool: typeform, secret: tool.secret, purpose: operation}}
                  desk: {preset: zendesk-webhook, webhook: {tool: zendesk, secret: tool.secret, purpose: operation}}
                  chats: {preset: intercom-webhook, webhook: {tool: intercom, secret: tool.secret, purpose: operation}}
                  own: {format: json, webhook: {tool: standard, secret: own.secret, purpose: operation, day: 2}}

                """
        ).write(toFile: test.location.policies + "/sources.yaml", atomically: true, encoding: .utf8)
        try write(Self.secret + "\n", "tool.secret")
        try write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "own.secret")
    }

    private func write(_ text: String, _ name: String, mode: Int = 0o600) throws {
        let path = test.location.policies + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func served<R>(_ body: @Sendable (RunningServer) async throws -> R) async throws -> R { try await withRouter(vault: test, serving: test.reopened(), body) }

    private static func mac(_ message: String, _ digest: MACSession.Digest = .sha256, key: [UInt8] = Array(secret.utf8)) throws -> [UInt8] {
        try MACSession(key: SecretBytes(copying: key.span), digest: digest).tag(Array(message.utf8).span)
    }

    private static func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

    private static func base64(_ message: String, key: [UInt8] = Array(secret.utf8)) throws -> String { Data(try mac(message, key: key)).base64EncodedString() }

    private func post(_ server: RunningServer, _ source: String, _ body: String, _ headers: [(String, String)]) async throws -> RunningServer.Reply {
        try await server.send("POST", "/hooks/\(source)", body: Data(body.utf8), headers: [("Content-Type", "application/json")] + headers)
    }

    private static let response =
        #"{"event_type":"form_response","form_response":{"token":"t1","submitted_at":"2026-03-04T10:00:00Z","answers":[{"type":"text","text":"太慢了,打 13800138000","field":{"id":"f"}},{"type":"email","email":"tom@example.org","field":{"id":"g"}}]}}"#
    private static let ticket =
        #"{"account_id":1,"detail":{"id":"7","created_at":"2026-03-04T10:00:00Z","requester_id":"R7","subject":"Closes","description":"when I pay","via":{"channel":"email"}},"type":"zen:event-type:ticket.created"}"#
    private static let conversation =
        #"{"type":"notification_event","topic":"conversation.user.created","app_id":"x","data":{"item":{"id":"9","created_at":1772618400,"source":{"body":"<p>late</p>","author":{"type":"user","id":"u9"}}}}}"#

    /// A request of each tool that is good now: source, body and headers.
    private func good(_ tool: String, minutes: Int64 = 0) throws -> (source: String, body: String, headers: [(String, String)]) {
        let now = test.clock.now + minutes * 60_000
        switch tool {
        case "typeform": return ("survey", Self.response, [("Typeform-Signature", "sha256=" + (try Self.base64(Self.response)))])
        case "zendesk":
            let time = Timestamp(milliseconds: now).description
            return ("desk", Self.ticket, [("X-Zendesk-Webhook-Signature", try Self.base64(time + Self.ticket)), ("X-Zendesk-Webhook-Signature-Timestamp", time)])
        case "intercom": return ("chats", Self.conversation, [("X-Hub-Signature", "sha1=" + (Self.hex(try Self.mac(Self.conversation, .sha1))))])
        default:
            let (body, seconds) = (line(id: "1"), String(now / 1000))
            let key = Array(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!)
            let signature = "v1,\(try Self.base64("other", key: key)) v1,\(try Self.base64("msg_1.\(seconds).\(body)", key: key))"
            return ("own", body, [("webhook-id", "msg_1"), ("webhook-timestamp", seconds), ("webhook-signature", signature)])
        }
    }

    @Test("signatures are as the tools' documents show them")
    func examples() throws {
        // RFC 2202, test case 2.
        #expect(Self.hex(try Self.mac("what do ya want for nothing?", .sha1, key: Array("Jefe".utf8))) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    }

    @Test(
        "an event that the tool signed is a record of the source, redacted as any other, once however often it comes", arguments: ["typeform", "zendesk", "intercom", "standard"])
    func taken(tool: String) async throws {
        let (source, body, headers) = try good(tool)
        try await served { server in
            let first = try await post(server, source, body, headers)
            #expect(first.status == 200 && first.text.contains(#""stored":1"#), "\(first.status) \(first.text)")
            let again = try await post(server, source, body, headers)
            #expect(again.status == 200 && again.text.contains(#""duplicates":1"#) && again.text.contains(#""stored":0"#), "\(again.text)")
        }
        let officer = try test.session("compliance")
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "ingest", limit: 1)).first)
        #expect(entry.principal == "\(source)@hooks" && entry.role == "hook:\(source)" && entry.client == "webhook" && entry.detail["source"] == source)
        let texts = try test.session("analyst").page(Query(select: ["text", "source"], purpose: "insight")).rows
        #expect(texts.count == 1 && texts[0][1] == .text(source) && !texts[0][0].description.contains("13800138000"))
        if tool == "typeform" {
            #expect(texts[0][0].description.contains("太慢了"))
            #expect(try officer.lookup(field: "email", value: "tom@example.org", purpose: "subject-request").subjects.count == 1)
        }
        #expect(try test.administrator.runs(of: source, limit: 5).runs.map { "\($0.kind) \($0.counts.stored) \($0.counts.duplicates)" } == ["requests 1 1"])
    }

    @Test("nothing is taken in without the tool's signature over just this body, with this secret, at this time", arguments: ["typeform", "zendesk", "intercom", "standard"])
    func forged(tool: String) async throws {
        let (source, body, headers) = try good(tool)
        try await served { server in
            var wrong: [[(String, String)]] = [[]]
            for (index, header) in headers.enumerated() {
                let changed = header.1.replacing(/[0-9](?=[^0-9]*$)/) { $0.output == "1" ? "2" : "1" }
                for value in ["", "x", String(header.1.dropLast()), header.1 + "0", changed] where value != header.1 {
                    var changed = headers
                    changed[index].1 = value
                    wrong.append(changed)
                }
            }
            for headers in wrong {
                let reply = try await post(server, source, body, headers)
                #expect(reply.status == 401 && reply.problem == "not-signed-in", "\(headers) \(reply.status)")
            }
            #expect(try await post(server, source, body.replacing("04", with: "05") + " ", headers).status == 401)
            for other in ["survey", "desk", "chats", "own"] where other != source { #expect(try await post(server, other, body, headers).status == 401) }
            #expect(try await post(server, "nothing", body, headers).status == 404)
        }
        #expect(try test.session("compliance").overview().records == 0)
        #expect(try test.session("compliance").auditEntries(AuditFilter(action: "ingest")).isEmpty)
    }

    @Test("a signed time that is long past or yet to come is refused: what was overheard cannot be sent again later", arguments: ["zendesk", "standard"])
    func replayed(tool: String) async throws {
        try await served { server in
            for (minutes, status) in [(-6, 401), (6, 401), (-4, 200)] {
                let (source, body, headers) = try good(tool, minutes: Int64(minutes))
                #expect(try await post(server, source, body, headers).status == status, "\(minutes)")
            }
        }
    }

    @Test("an event that is older than what the vault has is acknowledged and counted, and undoes nothing", arguments: ["typeform", "zendesk", "intercom", "standard"])
    func older(tool: String) async throws {
        let rules = try String(contentsOfFile: test.location.policies + "/sources.yaml", encoding: .utf8)
        try rules.replacing(", webhook: {tool:", with: ", on_change: replace, webhook: {tool:").replacing(
            "own: {format: json, on_change: replace,",
            with: "own: {format: json, id: id, occurred_at: occurred_at, channel: channel, text: text, revised_at: changed, on_change: replace,"
        ).replacing(", day: 2}", with: ", day: 20}").write(toFile: test.location.policies + "/sources.yaml", atomically: true, encoding: .utf8)
        /// An event about one record, with its own time and signed now.
        @Sendable func event(_ text: String, minute: Int) throws -> (source: String, body: String, headers: [(String, String)]) {
            let now = test.clock.now
            switch tool {
            case "typeform":
                let body = Self.response.replacing("太慢了,打 13800138000", with: text).replacing("10:00:00Z", with: "10:0\(minute):00Z")
                return ("survey", body, [("Typeform-Signature", "sha256=" + (try Self.base64(body)))])
            case "zendesk":
                let body = Self.ticket.replacing("when I pay", with: text).replacing(#""type":"zen"#, with: #""time":"2026-03-04T11:0\#(minute):00Z","type":"zen"#)
                let time = Timestamp(milliseconds: now).description
                return ("desk", body, [("X-Zendesk-Webhook-Signature", try Self.base64(time + body)), ("X-Zendesk-Webhook-Signature-Timestamp", time)])
            case "intercom":
                let body = Self.conversation.replacing("late", with: text).replacing(#""app_id""#, with: #""created_at":\#(1_772_618_500 + minute),"app_id""#)
                return ("chats", body, [("X-Hub-Signature", "sha1=" + (Self.hex(try Self.mac(body, .sha1))))])
            default:
                let body = #"{"id":"1","occurred_at":"2026-03-04T10:00:00Z","channel":"app","text":"\#(text)","changed":"2026-03-04T11:0\#(minute):00+08:00"}"#
                let key = Array(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!)
                let seconds = String(now / 1000)
                return ("own", body, [("webhook-id", "m"), ("webhook-timestamp", seconds), ("webhook-signature", "v1,\(try Self.base64("m.\(seconds).\(body)", key: key))")])
            }
        }
        try await served { server in
            for (text, minute, answer) in [
                ("state b", 5, "stored"), ("state a", 3, "duplicates"), ("state c", 6, "replaced"), ("state b2", 5, "duplicates"), ("state c", 6, "duplicates"),
            ] {
                let (source, body, headers) = try event(text, minute: minute)
                let reply = try await post(server, source, body, headers)
                #expect(reply.status == 200 && reply.text.contains(#""\#(answer)":1"#), "\(text): \(reply.status) \(reply.text)")
            }
        }
        let texts = try test.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }
        #expect(texts.count == 1 && texts[0].contains("state c"), "\(texts)")
    }

    @Test("a probe is answered and stored nowhere; an event that is no record is refused with the reason, and counted; a day has its limit")
    func others() async throws {
        @Sendable func signed(_ body: String) throws -> [(String, String)] { [("X-Hub-Signature", "sha1=" + (Self.hex(try Self.mac(body, .sha1))))] }
        try await served { server in
            let ping = #"{"type":"notification_event","topic":"ping","data":{"item":{"message":"hello"}}}"#
            #expect(try await post(server, "chats", ping, signed(ping)).status == 200)
            let other = #"{"type":"notification_event","topic":"contact.created","data":{"item":{"id":"5","name":"Kim Oh"}}}"#
            let refused = try await post(server, "chats", other, signed(other))
            #expect(refused.status == 400 && refused.text.contains("occurred_at") && !refused.text.contains("Kim"), "\(refused.text)")
            #expect(try await post(server, "chats", "{", signed("{")).status == 400)
            let key = Array(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!)
            var statuses: [Int] = []
            for number in 1...3 {
                let (body, seconds) = (line(id: "\(number)"), String(test.clock.now / 1000))
                let signature = "v1,\(try Self.base64("m.\(seconds).\(body)", key: key))"
                let reply = try await post(server, "own", body, [("webhook-id", "m"), ("webhook-timestamp", seconds), ("webhook-signature", signature)])
                statuses.append(reply.status)
                if reply.status == 429 { #expect(reply.headers.first(name: "Retry-After") == "3600") }
            }
            #expect(statuses == [200, 200, 429])
            #expect(try await server.send("GET", "/hooks/own").status != 200)
        }
        #expect(try test.administrator.runs(of: "chats", limit: 5).runs.first?.counts.rejected ?? 0 >= 1)
    }

    @Test("a secret that others can read, or that is missing, lets nothing in, and doctor says so; two secrets are good while one replaces the other")
    func secrets() async throws {
        let (source, body, headers) = try good("typeform")
        try write("another-secret-0123456789\n\(Self.secret)\n", "tool.secret")
        try await served { server in
            let status = try await post(server, source, body, headers).status
            #expect(status == 200)
        }
        try write("another-secret-0123456789\n", "tool.secret")
        try await served { server in
            let status = try await post(server, source, body, headers).status
            #expect(status == 401)
        }
        try write(Self.secret + "\n", "tool.secret", mode: 0o644)
        try await served { server in
            let status = try await post(server, source, body, headers).status
            #expect(status == 503)
        }
        let finding = try test.reopened().session(token: test.token("administrator")).examine().first { $0.check == "webhooks" }
        #expect(finding?.state == .failure && finding?.finding.contains("can be read by others") == true)
    }

    @Test("nobody gets the role or the name of a webhook")
    func role() throws {
        let vault = try test.reopened()
        let administrator = try vault.session(token: test.token("administrator"))
        #expect(throws: VaultError.self) { try administrator.issueToken(principal: "x", role: "hook:survey", days: 1) }
        #expect(throws: VaultError.self) { try administrator.issueToken(principal: "survey@hooks", role: "ingest", days: 1) }
    }
}
