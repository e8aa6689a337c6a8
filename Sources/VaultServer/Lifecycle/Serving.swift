import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// Serves until told to end. Requests in progress then have some time to finish, and the rest is cut off.
///
/// Whoever starts the server will kill it after some time of their own. A server that ends by itself before that leaves a log
/// that says so.
final class Serving<Responder: HTTPResponder>: Service where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    private let application: Application<Responder>
    private let connections: Connections
    private let served: ServedVault
    private let patience: Duration
    private let logger: Logger
    private let leftBehind = Mutex(false)
    /// How long connections may take to close once they are cut off.
    private static var grace: Duration { .seconds(3) }

    init(application: Application<Responder>, connections: Connections, served: ServedVault, patience: Duration, logger: Logger) {
        (self.application, self.connections, self.served) = (application, connections, served)
        (self.patience, self.logger) = (patience, logger)
    }

    /// Whether something was still in progress at the end.
    var isLeftBehind: Bool { leftBehind.withLock { $0 } }

    func run() async throws {
        let (ends, end) = AsyncStream<Result<Void, any Error>>.makeStream()
        // In a task of its own: a request that never ends must not keep the process alive.
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
            // Nil if it is cancelled.
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
