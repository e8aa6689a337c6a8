import Logging
import Policy
import ServiceLifecycle
import Synchronization
import VoCVault

/// Tells endpoints what happened, while the server runs. Each by itself: one that does not answer keeps nobody waiting.
final class OutboxDelivery: Service {
    private struct Endpoints {
        var busy: Set<String> = []
        /// How often each failed in a row, and until when it is left alone.
        var failing: [String: (times: Int, until: ContinuousClock.Instant)] = [:]
    }

    private let served: ServedVault
    private let logger: Logger
    private let sender = WebhookSender()
    private let endpoints = Mutex(Endpoints())
    /// How often it looks for something to tell.
    private static let pause = Duration.seconds(1)
    /// How long an endpoint that took nothing is left alone, doubled with each time, and at most.
    private static let (shortest, longest) = (Duration.seconds(5), Duration.seconds(300))

    init(served: ServedVault, logger: Logger) { (self.served, self.logger) = (served, logger) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                // Each reload of the policies makes another.
                var cleared: Vault?
                while !Task.isCancelled {
                    if let vault = try? self.served.vault {
                        if vault !== cleared, await self.forgetFormerEndpoints(of: vault) { cleared = vault }
                        for endpoint in vault.policies.outbox where self.begin(endpoint.name) {
                            group.addTask { self.end(endpoint.name, failed: await self.deliver(vault, to: endpoint)) }
                        }
                    }
                    try? await Task.sleep(for: Self.pause)
                }
            }
        }
        await sender.end()
    }

    /// - Returns: whether the vault could be written.
    private func forgetFormerEndpoints(of vault: Vault) async -> Bool {
        do {
            try await served.work(.short, for: "outbox") { try vault.forgetFormerEndpoints() }
            return true
        } catch {
            logger.warning("what former endpoints were to be told cannot be dropped", metadata: ["failure": "\(error)"], source: "VaultServer")
            return false
        }
    }

    /// - Returns: whether the endpoint, or the vault, takes nothing more.
    private func deliver(_ vault: Vault, to endpoint: OutboxEndpoint) async -> Bool {
        do {
            let report = try await sender.deliver(vault, to: endpoint)
            guard let failure = report.failure else { return false }
            logger.warning("an endpoint of the outbox takes nothing", metadata: ["endpoint": "\(endpoint.name)", "failure": "\(failure)"], source: "VaultServer")
        } catch {
            logger.warning("the outbox cannot be read or written", metadata: ["endpoint": "\(endpoint.name)", "failure": "\(error)"], source: "VaultServer")
        }
        return true
    }

    private func begin(_ name: String) -> Bool {
        endpoints.withLock { endpoints in
            if let failing = endpoints.failing[name], failing.until > .now { return false }
            return endpoints.busy.insert(name).inserted
        }
    }

    private func end(_ name: String, failed: Bool) {
        endpoints.withLock { endpoints in
            endpoints.busy.remove(name)
            let times = failed ? (endpoints.failing[name]?.times ?? 0) + 1 : 0
            endpoints.failing[name] = failed ? (times, .now + min(Self.shortest * (1 << min(times - 1, 10)), Self.longest)) : nil
        }
    }
}
