import Foundation
import VoCVault

/// How many descriptors this process may have, and what it needs them for.
enum OpenFiles {
    /// Taken by what is not a connection of a client: the database's files or connections, the log's files, policies, and
    /// those that are on their way out.
    private static let own = 160
    /// An event loop's own.
    private static let perCore = 4
    /// Fewer connections are no server.
    private static let fewest = 16

    static var limit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(min(limit.rlim_cur, rlim_t(Int32.max)))
    }

    /// Connections that there is room for.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` when that is next to none.
    static func connections(limit: Int = limit, cores: Int = ProcessInfo.processInfo.activeProcessorCount) throws -> Int {
        let reserve = own + perCore * cores
        guard limit >= reserve + fewest else {
            throw VaultError.invalid(
                "only \(limit) files may be open: a server needs at least \(reserve + fewest) (ulimit -n; LimitNOFILE= in systemd)")
        }
        return limit - reserve
    }
}
