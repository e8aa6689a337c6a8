import Foundation
import VoCVault

/// How many descriptors this process may have, and what it needs them for.
enum OpenFiles {
    /// Used by everything other than clients' connections: database files or connections, files of the log, policies, and
    /// connections that are being closed.
    private static let own = 160
    /// Used by an event loop itself.
    private static let perCore = 4
    /// With fewer connections, a server makes no sense.
    private static let fewest = 16

    static var limit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(min(limit.rlim_cur, rlim_t(Int32.max)))
    }

    /// How many connections there is room for.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` if there is room for next to none.
    static func connections(limit: Int = limit, cores: Int = ProcessInfo.processInfo.activeProcessorCount) throws -> Int {
        let reserve = own + perCore * cores
        guard limit >= reserve + fewest else {
            throw VaultError.invalid(
                "only \(limit) files may be open: a server needs at least \(reserve + fewest) (ulimit -n; LimitNOFILE= in systemd)")
        }
        return limit - reserve
    }
}
