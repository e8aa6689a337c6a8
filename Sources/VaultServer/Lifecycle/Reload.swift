import Logging
import ServiceLifecycle
import Store
import UnixSignals
import VoCVault

/// Reloads policies and certificate on SIGHUP. Files with problems change nothing, and the log says why.
struct Reload: Service {
    let served: ServedVault
    let certificates: Certificates?
    let metrics: ServerMetrics
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            reload("policy", "policies", served.reload)
            if let certificates {
                reload("certificate", "certificate", certificates.reload)
                certificates.warn(logger)
            }
        }
    }

    private func reload(_ what: String, _ name: String, _ body: () throws -> Void) {
        do {
            try body()
            metrics.reloaded(what, true)
            logger.notice("\(name) reloaded", source: "VaultServer")
        } catch {
            metrics.reloaded(what, false)
            logger.error("\(name) not reloaded; the previous ones stay in force", metadata: ["problems": "\(error)"], source: "VaultServer")
        }
    }
}

extension Certificates {
    /// Logs that the certificate in use expires soon.
    func warn(_ logger: Logger) {
        let finding = finding
        if finding.state != .ok { logger.warning("certificate: \(finding.finding); \(finding.advice)", source: "VaultServer") }
    }
}
