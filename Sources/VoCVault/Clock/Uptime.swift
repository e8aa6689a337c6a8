import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How long the machine has been up, and since which start: no setting of its clock changes it.
public struct Uptime: Sendable, Equatable {
    /// Identifies the start.
    public var boot: String
    /// Since then, times of suspension included.
    public var milliseconds: Int64

    public init(boot: String, milliseconds: Int64) { (self.boot, self.milliseconds) = (boot, milliseconds) }

    /// This machine's; nil where the system does not tell.
    public static let system: @Sendable () -> Uptime? = {
        #if os(Linux)
        guard let boot else { return nil }
        var time = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
        return Uptime(boot: boot, milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        #else
        return nil
        #endif
    }

    private static let boot: String? = {
        guard let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8) else { return nil }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }()
}
