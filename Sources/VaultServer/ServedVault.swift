import Foundation
import NIOPosix
import Synchronization
import VoCVault

/// The vault behind a server: its policies can be reloaded, and its blocking work runs on threads of its own.
final class ServedVault: Sendable {
    private let current: Mutex<Vault>
    private let threads: NIOThreadPool
    /// Runs what takes seconds, so that it holds up nothing else.
    private let long: NIOThreadPool
    /// Runs uploads, which wait for their clients.
    private let uploads: NIOThreadPool
    static let maximumUploads = 4

    init(_ vault: Vault) {
        current = Mutex(vault)
        // Some wait for the disk together and share its flush. On 2 cores and 64 connections, pages of 100 rows came at
        // 1,740 a second with 4 threads, 1,600 with 8, 1,150 with 32.
        threads = NIOThreadPool(numberOfThreads: max(4, ProcessInfo.processInfo.activeProcessorCount * 2))
        long = NIOThreadPool(numberOfThreads: 2)
        uploads = NIOThreadPool(numberOfThreads: Self.maximumUploads)
        for pool in [threads, long, uploads] { pool.start() }
    }

    var vault: Vault { current.withLock { $0 } }

    /// Does blocking work off the threads that serve connections.
    ///
    /// - Parameter isLong: whether it may take seconds.
    func work<R: Sendable>(isLong: Bool = false, _ body: @escaping @Sendable (Vault) throws -> R) async throws -> R {
        let vault = vault
        return try await (isLong ? long : threads).runIfActive { try body(vault) }
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
        for pool in [threads, long, uploads] { try await pool.shutdownGracefully() }
    }
}
