import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI
import Wire

/// A message that an endpoint is to get: a CloudEvent (CloudEvents 1.0, JSON event format), signed as Standard Webhooks 1.0 are.
package struct Webhook: Sendable {
    package let row: OutboxRow
    /// The same however often it is sent.
    package let id: String
    package let body: [UInt8]

    package static let contentType = "application/cloudevents+json; charset=utf-8"

    /// `v1,` and the base64 of HMAC-SHA-256 over id, time and body, under each key, with blanks between.
    ///
    /// - Parameter time: in seconds since 1970.
    package func signature(at time: Int64, _ secrets: WebhookSecrets) throws -> String {
        let signed = Array("\(id).\(time).".utf8) + body
        return try secrets.keys.map { "v1," + Data(try MACSession(key: $0.secret).tag(signed.span)).base64EncodedString() }.joined(separator: " ")
    }
}

extension Vault {
    /// How long what was taken is nobody else's to send.
    private static let lease: Int64 = 300_000
    /// Messages that are sent one after the other before what became of them is noted: no more than fit into the lease, however slow the endpoint.
    private static let batch = 20
    /// How long after the first failure a message is sent again, doubled with each, and at most.
    private static let (pause, longestPause): (Int64, Int64) = (5_000, 3_600_000)

    /// Whether an endpoint is to be told something now.
    package func hasWebhooks(for endpoint: OutboxEndpoint) throws -> Bool {
        let now = clock()
        return try store.read { try $0.hasEvents(for: endpoint.name, at: now) }
    }

    /// Takes the messages that an endpoint is to get now, which is then up to the caller: see ``settle(_:delivered:failed:untried:)``.
    package func takeWebhooks(for endpoint: OutboxEndpoint) throws -> [Webhook] {
        let now = clock()
        let rows = try store.write { try $0.takeEvents(for: endpoint.name, at: now, until: now + Self.lease, limit: Self.batch) }
        guard !rows.isEmpty else { return [] }
        let names = try endpoint.purpose.map { try Pseudonyms(keys: keyring.keys(.pseudonym(purpose: $0), now: now)) }
        let vault = withUnsafeBytes(of: store.vaultID.bigEndian) { Array($0) }.hexadecimal
        return try rows.map { row in
            // A vault that was restored gives numbers again: the time tells them apart.
            let id = "\(row.id)-\(row.at)"
            var members: [String: JSON] = [
                "specversion": "1.0", "id": .string(id), "source": .string("urn:vocvault:\(vault)"), "type": .string("vocvault.\(row.kind)"),
                "time": .string(Timestamp(milliseconds: row.at).description), "datacontenttype": "application/json", "data": try data(of: row),
            ]
            if let names, let subject = row.subject { members["subject"] = .string(try names.name(.subject, subject)) }
            return Webhook(row: row, id: id, body: JSON.object(members).bytes)
        }
    }

    /// What a message tells; of an alert about feedback with its figures, unless their key is destroyed.
    private func data(of row: OutboxRow) throws -> JSON {
        let data = try JSON(parsing: Array(row.body.utf8))
        guard row.kind == OutboxEndpoint.Event.alertFeedback.rawValue, var members = data.object, let number = members["entry"]?.integer else { return data }
        let entry = try store.read { try $0.auditEntry(Int64(number)) }.flatMap { AuditEntry(canonicalBytes: $0) }
        do {
            members["findings"] = try entry.flatMap { try questions.findings(of: $0, in: self) }.map { try JSON(parsing: Array($0.utf8)) }
        } catch VaultError.notFound {
            // A year has passed.
        }
        return .object(members)
    }

    /// Notes what became of messages, with an entry.
    ///
    /// - Parameters:
    ///   - failed: those that the endpoint did not take, and why.
    ///   - untried: those that were not sent.
    package func settle(_ endpoint: OutboxEndpoint, delivered: [Webhook], failed: [(webhook: Webhook, failure: String)], untried: [Webhook]) throws {
        guard !delivered.isEmpty || !failed.isEmpty else {
            return try store.write { writer in for webhook in untried { try putOff(webhook.row, untried: true, nil, writer) } }
        }
        // Beside what alerts watch: it is nobody's doing.
        let entries = try store.write { writer in
            try writer.removeEvents(delivered.map(\.row))
            for (webhook, failure) in failed { try putOff(webhook.row, untried: false, failure, writer) }
            for webhook in untried { try putOff(webhook.row, untried: true, webhook.row.failure, writer) }
            var detail: [AuditDetail: String] = [.system: endpoint.name]
            if let failure = failed.first?.failure { detail[.error] = failure }
            let entry = AuditEntry(
                ofVault: .vault(.outbox), failed.isEmpty ? .allowed : .failed, rule: "\(endpoint.name) (\(endpoint.place.short))", rows: Int64(delivered.count), detail: detail)
            return try trail.append([entry], to: writer, now: clock())
        }
        try? publisher.publishIfDue(size: entries[0].seq + 1, vault: self)
    }

    private func putOff(_ row: OutboxRow, untried: Bool, _ failure: String?, _ writer: StoreWriter) throws {
        let attempts = row.attempts + (untried ? 0 : 1)
        let pause = min(Self.pause << Int64(min(max(attempts - 1, 0), 20)), Self.longestPause)
        try writer.putOff(row, until: clock() + pause, attempts: attempts, failure: failure)
    }

    /// Drops what endpoints were to be told that are no longer in the policy.
    package func forgetFormerEndpoints() throws {
        let names = Set(policy.outbox.map(\.name))
        guard try store.read({ try $0.outboxMeasures() }).contains(where: { !names.contains($0.endpoint) }) else { return }
        try store.write { try $0.removeEvents(exceptFor: names) }
    }

    package func outboxMeasures() throws -> [OutboxMeasures] { try store.read { try $0.outboxMeasures() } }

    /// How each endpoint of the policy stands.
    package func outboxStates() throws -> [OutboxState] {
        guard !policy.outbox.isEmpty else { return [] }
        let (now, measures) = (clock(), Dictionary(uniqueKeysWithValues: try outboxMeasures().map { ($0.endpoint, $0) }))
        return policy.outbox.map { endpoint in
            let found = measures[endpoint.name]
            return OutboxState(
                endpoint: endpoint.name, waiting: found?.waiting ?? 0, failing: found?.failing ?? 0, lag: found.map { max(0, Double(now - $0.oldest) / 1000) } ?? 0)
        }
    }

    /// Whether endpoints take what they are told.
    func examineOutbox() throws -> HealthFinding {
        let states = try outboxStates()
        if states.isEmpty { return finding("outbox", "nobody is told anything") }
        for endpoint in policy.outbox {
            do { _ = try endpoint.secrets() } catch { return finding("outbox", "\(error)", .failure, "without a key nothing is sent to it") }
        }
        guard let worst = states.max(by: { $0.lag < $1.lag }), worst.waiting > 0 else { return finding("outbox", "all endpoints were told everything") }
        let hours = Int(worst.lag / 3600)
        let text = "\(worst.waiting) events wait for \(worst.endpoint), for \(hours) hours; \(worst.failing) were not taken"
        let advice = "vocvault outbox status says why; what is older than 'outbox' in retention.yaml is given up"
        if hours < 1 { return finding("outbox", "\(worst.waiting) events wait for \(worst.endpoint)") }
        return finding("outbox", text, hours < 24 ? .warning : .failure, advice)
    }
}

/// How an endpoint stands: numbers, and nothing of what it is told.
package struct OutboxState: Sendable, Equatable {
    package var endpoint: String
    package var waiting: Int
    package var failing: Int
    /// How long the oldest event has waited, in seconds.
    package var lag: Double
}

/// Keys that sign what an endpoint is sent.
package struct WebhookSecrets: Sendable {
    fileprivate let keys: [HeldKey]
}

extension Session {
    /// The vault, for somebody who may have messages delivered.
    package func vaultOfOutbox() throws -> Vault {
        _ = try authorize(.outboxRun, purpose: nil)
        return vault
    }
}

extension OutboxEndpoint {
    /// The keys that sign what is sent: a line each, `whsec_` and the base64 of 24 to 64 bytes. While one replaces another there are two.
    ///
    /// - Throws: ``VaultError/keys(_:)`` for a file that is none, or that others can read.
    package func secrets() throws -> WebhookSecrets {
        let lines = try SecretLines.read(secret, of: "endpoint '\(name)'")
        var keys = lines.map { line in line.hasPrefix("whsec_") ? Data(base64Encoded: String(line.dropFirst(6))).map { Array($0) } ?? [] : [] }
        defer { for index in keys.indices { wipe(&keys[index]) } }
        guard !keys.isEmpty, keys.allSatisfy({ (24...64).contains($0.count) }) else {
            throw VaultError.keys(
                "\(secret) with the secret of endpoint '\(name)' must have lines of whsec_ and the base64 of 24 to 64 bytes: echo whsec_$(openssl rand -base64 32)")
        }
        return WebhookSecrets(keys: try keys.map { HeldKey(try SecretBytes(copying: $0.span)) })
    }
}
