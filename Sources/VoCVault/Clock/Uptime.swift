import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How long the machine has been up, and since which start. Setting its clock does not change it.
public struct Uptime: Sendable, Equatable {
    /// Identifies the start.
    public var boot: String
    /// Time since then, including suspension.
    public var milliseconds: Int64

    public init(boot: String, milliseconds: Int64) { (self.boot, self.milliseconds) = (boot, milliseconds) }

    /// This machine's uptime; nil if the system does not tell.
    public static let system: @Sendable () -> Uptime? = {
        guard let boot, let first, let now = bootClock() else { return nil }
        return Uptime(boot: boot, milliseconds: first.uptime + now - first.clock)
    }

    /// The system's answer, and what the clock since its start said at that time: the clock is cheap to read, but a program can
    /// be made to see another one (`faketime` does so).
    private static let first: (uptime: Int64, clock: Int64)? = {
        guard let text = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8), let seconds = text.split(separator: " ").first.flatMap({ Double($0) }),
            let clock = bootClock()
        else { return nil }
        return (Int64(seconds * 1000), clock)
    }()

    /// In milliseconds.
    private static func bootClock() -> Int64? {
        #if os(Linux)
        var time = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        #else
        return nil
        #endif
    }

    private static let boot: String? = {
        guard let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8) else { return nil }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }()
}
