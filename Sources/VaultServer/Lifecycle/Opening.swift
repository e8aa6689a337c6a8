import Logging
import NIOPosix
import ServiceLifecycle
import Store

/// Waits for a database that was not available when the server started: a machine may boot before its database does.
struct Opening: Service {
    let served: ServedVault
    /// Delay between attempts: at first, and at most.
    let pause: Duration
    let longest: Duration
    let logger: Logger
    /// How often the log says that the database is still unavailable.
    private static let saysSoEvery: Duration = .seconds(60)

    /// - Throws: whatever keeps the vault from being opened once the database is available.
    func run() async throws {
        var (pause, saidSo): (Duration, ContinuousClock.Instant?) = (pause, nil)
        while let obstacle = served.obstacle {
            if saidSo.map({ .now - $0 >= Self.saysSoEvery }) ?? true {
                saidSo = .now
                logger.warning("waiting for the database", metadata: ["obstacle": "\(obstacle)"], source: "VaultServer")
            }
            let wait = pause
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
            } catch {
                return
            }
            try await NIOThreadPool.singleton.runIfActive { try served.openAgain() }
            if served.obstacle == nil { logger.notice("the database is available", source: "VaultServer") }
            pause = min(pause * 2, longest)
        }
        try? await gracefulShutdown()
    }
}
