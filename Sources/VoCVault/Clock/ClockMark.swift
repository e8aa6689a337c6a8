import Foundation
import RedactedAPI
import Wire

/// A time that was right, and the machine's uptime then: its clock is compared with them.
///
/// Stored in the vault's home, in the file `clock`, one for each machine. Losing it costs one confirmation.
struct ClockMark: Sendable, Equatable {
    enum Origin: Sendable, Equatable {
        case uptime(Uptime)
        /// The system does not tell the uptime.
        case clock
        /// The log's last entry, before this home had a mark of its own.
        case log
    }

    var origin: Origin
    /// Milliseconds since 1970.
    var time: Int64

    static let fileName = "clock"
    private static let title = "vocvault clock v1"

    /// What the time must be now, if the machine has been up since.
    func expected(at uptime: Uptime?) -> Int64? {
        guard case .uptime(let then) = origin, let uptime, uptime.boot == then.boot else { return nil }
        return time + uptime.milliseconds - then.milliseconds
    }

    init(origin: Origin, time: Int64) { (self.origin, self.time) = (origin, time) }

    init(at uptime: Uptime?, time: Int64) { self.init(origin: uptime.map { .uptime($0) } ?? .clock, time: time) }

    /// Reads what ``write(to:)`` wrote; nil for anything else.
    init?(contentsOf path: String) {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        guard lines.count == 3, lines[0].joined(separator: " ") == Self.title, lines[1].count == 2, lines[1][0] == "time",
            let time = Timestamp(lines[1][1])?.milliseconds
        else { return nil }
        switch lines[2] {
        case ["by", "log"]: self.init(origin: .log, time: time)
        case ["by", "clock"]: self.init(origin: .clock, time: time)
        default:
            guard lines[2].count == 3, lines[2][0] == "uptime", let milliseconds = Int64(lines[2][1]) else { return nil }
            self.init(origin: .uptime(Uptime(boot: lines[2][2], milliseconds: milliseconds)), time: time)
        }
    }

    /// Replaces the file at `path`.
    func write(to path: String) throws {
        let last = switch origin {
        case .log: "by log"
        case .clock: "by clock"
        case .uptime(let uptime): "uptime \(uptime.milliseconds) \(uptime.boot)"
        }
        let text = "\(Self.title)\ntime \(Timestamp(milliseconds: time))\n\(last)\n"
        try DurableFile.replace(path, with: Array(text.utf8))
    }
}
