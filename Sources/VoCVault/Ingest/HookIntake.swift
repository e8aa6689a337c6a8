import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI
import Wire

/// What a tool sent to a webhook.
package struct HookEvent: Sendable {
    package var body: [UInt8]
    /// Of the request, by their names in lower case.
    package var headers: [String: String]

    package init(body: [UInt8], headers: [String: String]) { (self.body, self.headers) = (body, headers) }

    /// Whether it only asks if anybody is there.
    package var isProbe: Bool {
        guard let object = (try? JSON(parsing: body))?.object else { return false }
        return object["type"] == "notification_event" && object["topic"] == "ping"
    }
}

extension HookPolicy {
    /// By how much a signed time may differ from the vault's, in milliseconds. Whoever heard an event can send it again for so long; that it is stored
    /// once does not depend on it.
    private static let tolerance: Int64 = 300_000

    /// The headers that tell whether an event is genuine.
    package var headers: [String] {
        switch tool {
        case .typeform: ["typeform-signature"]
        case .zendesk: ["x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp"]
        case .intercom: ["x-hub-signature"]
        case .standard: ["webhook-id", "webhook-timestamp", "webhook-signature"]
        }
    }

    /// Whether the tool has signed an event, not long ago where it signs the time.
    ///
    /// - Parameter now: in milliseconds since 1970.
    /// - Throws: ``VaultError/keys(_:)`` for a file with keys that cannot be used.
    package func isGenuine(_ event: HookEvent, at now: Int64) throws -> Bool {
        func header(_ index: Int) -> String { event.headers[headers[index]] ?? "" }
        let given: [String]
        let signed: [UInt8]
        switch tool {
        case .typeform, .intercom: (given, signed) = ([header(0)], event.body)
        case .zendesk:
            guard let time = Timestamp(header(1)), abs(time.milliseconds - now) <= Self.tolerance else { return false }
            (given, signed) = ([header(0)], Array(header(1).utf8) + event.body)
        case .standard:
            guard let seconds = Int64(header(1)), seconds.magnitude < 1 << 40, abs(seconds * 1000 - now) <= Self.tolerance else { return false }
            (given, signed) = (header(2).split(separator: " ").prefix(8).map(String.init), Array("\(header(0)).\(header(1)).".utf8) + event.body)
        }
        for key in try secrets() {
            let expected = Array(try signature(of: signed, under: key).utf8)
            for text in given where constantTimeEqual(Array(text.utf8), expected) { return true }
        }
        return false
    }

    /// As the tool writes it into its header.
    private func signature(of signed: [UInt8], under key: HeldKey) throws -> String {
        let tag = try MACSession(key: key.secret, digest: tool == .intercom ? .sha1 : .sha256).tag(signed.span)
        let base64 = Data(tag).base64EncodedString()
        return switch tool {
        case .typeform: "sha256=\(base64)"
        case .zendesk: base64
        case .intercom: "sha1=\(tag.hexadecimal)"
        case .standard: "v1,\(base64)"
        }
    }

    /// The keys that the tool signs with: a line each, as the tool shows them. While one replaces another there are two.
    func secrets() throws -> [HeldKey] {
        var keys = try SecretLines.read(secret, of: "the webhook of source '\(source)'").map { line -> [UInt8] in
            guard tool == .standard else { return Array(line.utf8) }
            return Data(base64Encoded: line.hasPrefix("whsec_") ? String(line.dropFirst(6)) : line).map { Array($0) } ?? []
        }
        defer { for index in keys.indices { wipe(&keys[index]) } }
        guard !keys.isEmpty, keys.allSatisfy({ $0.count >= 16 }) else {
            throw VaultError.keys("\(secret) with the secret of the webhook of source '\(source)' must have a line of 16 characters or more, as the tool shows it")
        }
        return try keys.map { HeldKey(try SecretBytes(copying: $0.span)) }
    }
}

/// A file with secrets, which nobody else may read.
enum SecretLines {
    /// - Parameter owner: whose secrets they are, for people.
    /// - Throws: ``VaultError/keys(_:)`` for a file that cannot be read, or that others can read.
    static func read(_ path: String, of owner: String) throws -> [String] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue,
            let text = FileManager.default.contents(atPath: path).flatMap({ String(data: $0, encoding: .utf8) })
        else { throw VaultError.keys("\(path) with the secret of \(owner) cannot be read") }
        guard mode & 0o077 == 0 else { throw VaultError.keys("\(path) with the secret of \(owner) can be read by others: chmod go= \(path)") }
        return text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension Vault {
    /// The session of a webhook.
    ///
    /// - Parameter request: number of the server's request.
    package func session(of hook: HookPolicy, request: String?) -> Session {
        session(vouchedFor: hook.principal, by: "webhook (\(hook.place.short))", role: hook.role, client: "webhook", request: request)
    }

    /// Whether an event is genuine, by the vault's clock.
    package func isGenuine(_ event: HookEvent, for hook: HookPolicy) throws -> Bool { try hook.isGenuine(event, at: clock()) }

    /// Whether the webhooks of the policy can be checked.
    func examineHooks() -> HealthFinding? {
        for hook in policy.hooks {
            do { _ = try hook.secrets() } catch { return finding("webhooks", "\(error)", .failure, "without a key nothing of it is taken in") }
        }
        return policy.hooks.isEmpty ? nil : finding("webhooks", "the keys of \(policy.hooks.count) can be read")
    }
}

extension Session {
    /// Reads, redacts and seals what a tool sent, by the rule of the webhook's source.
    ///
    /// - Returns: nil if there is nothing to store.
    package func seal(_ event: HookEvent, of hook: HookPolicy) throws -> SealedUpload? {
        try seal(event.body, InputOptions(format: .json), source: hook.source)
    }
}
