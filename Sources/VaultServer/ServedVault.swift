import Foundation
import NIOPosix
import Store
import Synchronization
import VoCVault

/// The vault behind a server: its policies can be reloaded, its database may come up later than the server, and its blocking
/// work runs on threads of its own.
final class ServedVault: Sendable {
    private let opening: @Sendable () throws -> Vault
    /// The vault, or why there is none yet.
    private let current: Mutex<Result<Vault, StorageError>>
    private let pools: [Work: WorkPool]
    /// Runs large uploads, which wait for their clients.
    private let uploads: NIOThreadPool
    /// What the database last failed with, and when.
    private let trouble = Mutex<(cause: String, at: ContinuousClock.Instant)?>(nil)
    private let isTroubled = Atomic(false)
    /// So long after a request has failed, and none has succeeded since, the vault does not count as ready.
    private static let troubleLasts: Duration = .seconds(15)

    /// - Parameter opening: opens the vault; called again while its database cannot be reached.
    /// - Throws: what `opening` throws, unless it is that the database cannot be reached.
    init(opening: @escaping @Sendable () throws -> Vault) throws {
        self.opening = opening
        current = Mutex(try Self.open(opening))
        let cores = ProcessInfo.processInfo.activeProcessorCount
        pools = Dictionary(uniqueKeysWithValues: Work.allCases.map { ($0, WorkPool($0.limits(cores: cores))) })
        uploads = NIOThreadPool(numberOfThreads: Uploads.places)
        uploads.start()
    }

    deinit { uploads.shutdownGracefully { _ in } }

    private static func open(_ opening: () throws -> Vault) throws -> Result<Vault, StorageError> {
        do {
            return .success(try opening())
        } catch let error as StorageError {
            guard case .unreachable = error else { throw error }
            return .failure(error)
        }
    }

    /// - Throws: ``StorageError/unreachable(database:reason:)`` until the database has been reached once.
    var vault: Vault { get throws { try current.withLock { try $0.get() } } }

    /// Why the vault is not open; nil when it is.
    var obstacle: StorageError? { current.withLock { if case .failure(let error) = $0 { error } else { nil } } }

    /// Tries to open a vault that is not open.
    ///
    /// - Throws: what will not pass.
    func openAgain() throws {
        let opened = try Self.open(opening)
        current.withLock { $0 = opened }
    }

    /// Does blocking work off the threads that serve connections.
    ///
    /// - Parameters:
    ///   - principal: whose turn it takes.
    ///   - isContinued: whether it goes on with what a client already gets.
    func work<R: Sendable>(
        _ work: Work, for principal: String, isContinued: Bool = false, _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        try await pools[work]!.run(for: principal, isContinued: isContinued, body)
    }

    /// Runs what waits for a client.
    func upload<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R { try await uploads.runIfActive(body) }

    /// Puts the policy files as they are now in force.
    ///
    /// - Throws: `PolicyError`; the policy in force stays.
    func reload() throws {
        let reloaded = try vault.reloadingPolicies()
        current.withLock { $0 = .success(reloaded) }
    }

    var measures: [(work: Work, measures: WorkPool.Measures)] { Work.allCases.map { ($0, pools[$0]!.measures) } }

    /// Answers for all that waits and runs; returns how much still runs.
    func abandon() -> Int { pools.values.reduce(0) { $0 + $1.abandon() } }

    /// Notes that a request failed as its entry could not be written. (Whether the database can be reached shows to any look.)
    func note(_ error: any Error) {
        guard let error = ((error as? Interrupted)?.cause ?? error) as? StorageError else { return }
        switch (error, error.meaning) {
        case (.unreachable, _), (.notAdmitted, _): break
        case (_, .unavailable), (_, .full):
            trouble.withLock { $0 = (error.cause, .now) }
            isTroubled.store(true, ordering: .relaxed)
        default: break
        }
    }

    /// Notes that a request has left its entry in the log.
    func noteSuccess() {
        guard isTroubled.load(ordering: .relaxed) else { return }
        isTroubled.store(false, ordering: .relaxed)
        trouble.withLock { $0 = nil }
    }

    /// What the database failed with a moment ago.
    var recentTrouble: String? {
        trouble.withLock { trouble in trouble.flatMap { .now - $0.at < Self.troubleLasts ? $0.cause : nil } }
    }
}
