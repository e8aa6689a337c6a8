import Foundation
import RedactedAPI

/// Converts times of day in a zone to moments.
///
/// In an hour that the clocks repeat, the first time counts. A time that they skip is moved forward by as much as they skip.
struct LocalClock {
    private let zone: TimeZone
    /// Milliseconds east of UTC by local day, for days on which they do not change.
    private var offsets: [Int64: Int64] = [:]
    private static let day: Int64 = 86_400_000

    init(_ zone: TimeZone) { self.zone = zone }

    /// - Returns: milliseconds since 1970.
    mutating func moment(_ written: WrittenTime) -> Int64 {
        guard written.isLocal else { return written.milliseconds }
        let day = (Double(written.milliseconds) / Double(Self.day)).rounded(.down)
        if let offset = offsets[Int64(day)] { return written.milliseconds - offset }
        // No zone is more than a day from UTC.
        let (before, after) = (offset(at: (Int64(day) - 1) * Self.day), offset(at: (Int64(day) + 2) * Self.day))
        if before == after {
            offsets[Int64(day)] = before
            return written.milliseconds - before
        }
        let (earlier, later) = (written.milliseconds - before, written.milliseconds - after)
        return offset(at: earlier) != before && offset(at: later) == after ? later : earlier
    }

    private func offset(at milliseconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1000))) * 1000
    }
}
