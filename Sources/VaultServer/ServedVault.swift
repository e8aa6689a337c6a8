import NIOPosix
import Synchronization
import VoCVault

/// The vault behind a server: its policies can be reloaded, and its blocking work runs on threads of its own.
final class ServedVault: Sendable {
    private let current: Mutex<Vault>
    private let threads: NIOThreadPool
    /// Runs uploads, which wait for their clients.
    private let uploads: NIOThreadPool
    static let maximumUploads = 4

    /// - Parameter threads: more than there are cores: writers wait for the disk together and share its flush.
    init(_ vault: Vault, threads count: Int = 16) {
        current = Mutex(vault)
        threads = NIOThreadPool(numberOfThreads: count)
        uploads = NIOThreadPool(numberOfThreads: Self.maximumUploads)
        threads.start()
        uploads.start()
    }

    var vault: Vault { current.withLock { $0 } }

    /// Does blocking work off the threads that serve connections.
    func work<R: Sendable>(_ body: @escaping @Sendable (Vault) throws -> R) async throws -> R {
        let vault = vault
        return try await threads.runIfActive { try body(vault) }
    }

    /// The same for work that waits for a client as well.
    func upload<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await uploads.runIfActive { try body() }
    }

    /// Puts the policy files as they are now in force.
    ///
    /// - Throws: `PolicyError`; the policy in force stays.
    func reload() throws {
        let reloaded = try vault.reloadingPolicies()
        current.withLock { $0 = reloaded }
    }

    func shutdown() async throws {
        try await threads.shutdownGracefully()
        try await uploads.shutdownGracefully()
    }
}
