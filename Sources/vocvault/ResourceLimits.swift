import Dispatch
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// System resources that a command needs. Without descriptors, threads or memory in the middle of their work, the libraries end
/// the process or wait for ever; so the limits are checked at the start.
struct ResourceLimits {
    /// Open files, besides the standard streams.
    var descriptors = 40
    /// Address space in MiB, besides what the program has when it starts.
    var memory = 96
    /// Threads at the same time, on any machine.
    var threads = 4

    /// For work on all cores: intake, and changes to many records.
    static var bulk: ResourceLimits { ResourceLimits(memory: 320 + 16 * cores, threads: 6 + cores) }

    /// For a server, which also has connections and thread pools.
    static var server: ResourceLimits { ResourceLimits(descriptors: 64 + 4 * cores, memory: 320 + 32 * cores, threads: 16 + 3 * cores) }

    /// For a client of a server: each core has an event loop with descriptors of its own.
    static var client: ResourceLimits { ResourceLimits(descriptors: 24 + 4 * cores, memory: 128 + 16 * cores, threads: 4 + cores) }

    private static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// - Throws: ``LimitError`` with the limit and what is needed.
    func require() throws {
        try requireDescriptors()
        try requireMemory()
        try requireThreads()
    }

    private func requireDescriptors() throws {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max, limit.rlim_cur < 2 * descriptors {
            limit.rlim_cur = min(limit.rlim_max, rlim_t(2 * descriptors))
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        var opened: [Int32] = []
        defer { opened.forEach { close($0) } }
        for _ in 0..<descriptors {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw LimitError(what: "\(descriptors) files to be open at once", option: "-n") }
            opened.append(descriptor)
        }
    }

    private func requireMemory() throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int64.max) else { return }
        let size = memory << 20
        let place = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard place != MAP_FAILED else { throw LimitError(what: "\(memory) MiB more of address space", option: "-v") }
        munmap(place, size)
    }

    private func requireThreads() throws {
        var made: [pthread_t] = []
        defer {
            for _ in made { Self.gate.signal() }
            made.forEach { pthread_join($0, nil) }
        }
        for _ in 0..<threads {
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { _ in ResourceLimits.gate.wait(); return nil }, nil)
            guard code == 0 else { throw LimitError(what: "\(threads) threads", option: "-u") }
            made.append(thread)
        }
    }

    private static let gate = DispatchSemaphore(value: 0)
}

/// A system limit that is too low.
struct LimitError: Error, CustomStringConvertible {
    let what: String
    /// The option of `ulimit`.
    let option: String

    var description: String { "this needs \(what), which a limit does not allow: raise it (ulimit \(option)), or that of the container or service" }
}
