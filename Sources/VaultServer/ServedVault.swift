import Foundation
import NIOPosix
import Store
import Synchronization
import VoCVault

/// The vault behind a server. Its policies can be reloaded, its database may become available later than the server, and its
/// blocking work runs on separate threads.
final class ServedVault: Sendable {
    private let opening: @Sendable () throws -> Vault
    /// The vault, or why it is not open yet.
    private let current: Mutex<Result<Vault, StorageError>>
    private let pools: [Work: WorkPool]
    /// Runs large uploads, which wait for their clients.
    private let uploads: NIOThreadPool
    /// The database's last failure, and when it happened.
    private let trouble = Mutex<(cause: String, at: ContinuousClock.Instant)?>(nil)
    private let isTroubled = Atomic(false)
    /// How long after a failed request the vault counts as not ready, unless a request has succeeded since.
    private static let troubleLasts: Duration = .seconds(15)

    /// - Parameter opening: opens the vault; called repeatedly while its database cannot be reached.
    /// - Throws: what `opening` throws, except that the database cannot be reached.
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

    /// - Throws: ``StorageError/unreachable(database:reason:)`` until the database has been reached for the first time.
    var vault: Vault { get throws { try current.withLock { try $0.get() } } }

    /// Why the vault is not open; nil if it is.
    var obstacle: StorageError? { current.withLock { if case .failure(let error) = $0 { error } else { nil } } }

    /// Tries to open a vault that is not open.
    ///
    /// - Throws: failures that will not pass.
    func openAgain() throws {
        let opened = try Self.open(opening)
        current.withLock { $0 = opened }
    }

    /// Does blocking work outside the threads that serve connections.
    ///
    /// - Parameters:
    ///   - principal: the principal on whose behalf it works.
    ///   - isContinued: whether it continues an answer that the client is already receiving.
    func work<R: Sendable>(
        _ work: Work, for principal: String, isContinued: Bool = false, _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        try await pools[work]!.run(for: principal, isContinued: isContinued, body)
    }

    /// Runs work that waits for a client.
    func upload<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R { try await uploads.runIfActive(body) }

    /// Puts the present policy files into force.
    ///
    /// - Throws: `PolicyError`; the policy that is in force then stays.
    func reload() throws {
        let reloaded = try vault.reloadingPolicies()
        try reloaded.note(policyAt: .reload)
        current.withLock { $0 = .success(reloaded) }
    }

    var measures: [(work: Work, measures: WorkPool.Measures)] { Work.allCases.map { ($0, pools[$0]!.measures) } }

    /// Ends all waiting and running work with an answer; returns how much is still running.
    func abandon() -> Int { pools.values.reduce(0) { $0 + $1.abandon() } }

    /// Notes that a request failed because its entry could not be written. (Whether the database can be reached, any look shows.)
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

    /// Notes that a request's entry is in the log.
    func noteSuccess() {
        guard isTroubled.load(ordering: .relaxed) else { return }
        isTroubled.store(false, ordering: .relaxed)
        trouble.withLock { $0 = nil }
    }

    /// The database's failure, if it was recent.
    var recentTrouble: String? {
        trouble.withLock { trouble in trouble.flatMap { .now - $0.at < Self.troubleLasts ? $0.cause : nil } }
    }
}
