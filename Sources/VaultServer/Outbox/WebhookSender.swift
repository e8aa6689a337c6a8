import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Policy
import VoCVault

/// Sends endpoints what they are to be told.
package final class WebhookSender: Sendable {
    /// How long an endpoint may take to take a message.
    private static let patience = TimeAmount.seconds(10)
    private let client: HTTPClient

    package init() {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        // A redirect would take what is signed for one endpoint to another.
        client = HTTPClient(configuration: .init(tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5))))
    }

    package func end() async { try? await client.shutdown() }

    /// What became of a round for one endpoint.
    package struct Report: Sendable, Equatable {
        package var delivered = 0
        package var failed = 0
        /// Why the endpoint took nothing more; nil: it takes more.
        package var failure: String?

        package init(delivered: Int = 0, failed: Int = 0, failure: String? = nil) { (self.delivered, self.failed, self.failure) = (delivered, failed, failure) }
    }

    /// Sends an endpoint what it is to be told now, one message after the other, until it cannot take any more.
    ///
    /// - Throws: what keeps the vault from being read or written; what was sent then is sent again.
    package func deliver(_ vault: Vault, to endpoint: OutboxEndpoint) async throws -> Report {
        var report = Report()
        while report.failure == nil {
            let taken = try await Self.blocking { try vault.hasWebhooks(for: endpoint) ? vault.takeWebhooks(for: endpoint) : [] }
            guard !taken.isEmpty else { break }
            let secrets = try? await Self.blocking { try endpoint.secrets() }
            var (delivered, failed, untried): ([Webhook], [(webhook: Webhook, failure: String)], [Webhook]) = ([], [], [])
            for webhook in taken {
                if report.failure != nil {
                    untried.append(webhook)
                    continue
                }
                switch await send(webhook, to: endpoint, secrets) {
                case .taken: delivered.append(webhook)
                // The message is at fault, perhaps: others go on.
                case .refused(let failure): failed.append((webhook, failure))
                case .unavailable(let failure):
                    failed.append((webhook, failure))
                    report.failure = failure
                }
            }
            let (sent, left) = ((delivered, failed), untried)
            try await Self.blocking { try vault.settle(endpoint, delivered: sent.0, failed: sent.1, untried: left) }
            report.delivered += delivered.count
            report.failed += failed.count
        }
        return report
    }

    private enum Outcome {
        case taken
        case refused(String)
        case unavailable(String)
    }

    private func send(_ webhook: Webhook, to endpoint: OutboxEndpoint, _ secrets: WebhookSecrets?) async -> Outcome {
        guard let secrets else { return .unavailable("its secret cannot be used") }
        let time = Int64(Date().timeIntervalSince1970)
        var request = HTTPClientRequest(url: endpoint.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: Webhook.contentType)
        request.headers.add(name: "User-Agent", value: "vocvault/\(Vault.version)")
        request.headers.add(name: "webhook-id", value: webhook.id)
        request.headers.add(name: "webhook-timestamp", value: String(time))
        do { request.headers.add(name: "webhook-signature", value: try webhook.signature(at: time, secrets)) } catch {
            return .unavailable("its secret cannot be used")
        }
        request.body = .bytes(ByteBuffer(bytes: webhook.body))
        do {
            // What the endpoint says besides its status is of no concern.
            let status = try await client.execute(request, timeout: Self.patience).status.code
            switch status {
            case 200..<300: return .taken
            case 408, 425, 429, 500...: return .unavailable("status \(status)")
            default: return .refused("status \(status)")
            }
        } catch {
            let late: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .connectTimeout]
            return .unavailable((error as? HTTPClientError).map(late.contains) == true ? "no answer in time" : "it cannot be reached")
        }
    }

    private static func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R { try await NIOThreadPool.singleton.runIfActive(body) }
}
