import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// Serves until it is told to end; requests under way then have a while, and what remains is cut off.
///
/// Whoever starts the server kills it after a while of its own: what ends by itself before that leaves a log that says so.
final class Serving<Responder: HTTPResponder>: Service where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    private let application: Application<Responder>
    private let connections: Connections
    private let served: ServedVault
    private let patience: Duration
    private let logger: Logger
    private let leftBehind = Mutex(false)
    /// For connections to close once they are cut off.
    private static var grace: Duration { .seconds(3) }

    init(application: Application<Responder>, connections: Connections, served: ServedVault, patience: Duration, logger: Logger) {
        (self.application, self.connections, self.served) = (application, connections, served)
        (self.patience, self.logger) = (patience, logger)
    }

    /// Whether something was still under way when it ended.
    var isLeftBehind: Bool { leftBehind.withLock { $0 } }

    func run() async throws {
        let (ends, end) = AsyncStream<Result<Void, any Error>>.makeStream()
        // A task of its own: one request that never ends must not keep the process.
        let serving = Task {
            do {
                try await application.run()
                end.yield(.success(()))
            } catch {
                end.yield(.failure(error))
            }
        }
        try await withTaskCancellationHandler {
            let result = await withGracefulShutdownHandler {
                await ends.first { _ in true }
            } onGracefulShutdown: {
                Task {
                    await self.cutOff()
                    end.yield(.success(()))
                }
            }
            // Nil when it is cancelled.
            if let result { try result.get() } else { await serving.value }
        } onCancel: {
            serving.cancel()
        }
    }

    /// Cuts off what has not ended in time.
    private func cutOff() async {
        try? await Task.sleep(for: patience)
        let requests = connections.closeAll()
        let work = served.abandon()
        logger.warning("cut off requests that did not finish in time", metadata: ["requests": "\(requests)", "work": "\(work)"], source: "VaultServer")
        leftBehind.withLock { $0 = true }
        try? await Task.sleep(for: Self.grace)
    }
}
