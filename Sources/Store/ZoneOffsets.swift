extension AggregateRequest {
    /// How far the local time of a zone is from UTC, in milliseconds.
    ///
    /// Days never go back: where a change of the clock would take it back over midnight, the day that has begun goes on.
    package struct ZoneOffsets: Sendable, Hashable {
        package struct Change: Sendable, Hashable {
            /// Milliseconds since 1970.
            package var from: Int64
            package var offset: Int64

            package init(from: Int64, offset: Int64) { (self.from, self.offset) = (from, offset) }
        }

        /// Before the first change.
        package private(set) var offset: Int64
        /// The earliest first.
        package private(set) var changes: [Change]

        package static let utc = ZoneOffsets(offset: 0, changes: [])

        package init(offset: Int64, changes: [Change]) {
            (self.offset, self.changes) = (offset, [])
            for var change in changes {
                let before = (change.from - 1 + (self.changes.last?.offset ?? offset)).flooredDay
                if before > (change.from + change.offset).flooredDay { change.from = before * DailyBound.day - change.offset }
                self.changes.append(change)
            }
        }

        /// The day since 1970, on the zone's own calendar, in which a time lies.
        ///
        /// - Parameter time: in milliseconds since 1970, as all of these.
        package func day(of time: Int64) -> Int64 { (time + span(at: time).offset).flooredDay }

        /// The first moment of a day. A day that the zone left out is empty, and begins with the next.
        package func start(of day: Int64) -> Int64 {
            var offset = offset
            for change in changes {
                let moment = day * DailyBound.day - offset
                if moment < change.from { return moment }
                offset = change.offset
                // The clock went over midnight.
                if day * DailyBound.day - offset <= change.from { return change.from }
            }
            return day * DailyBound.day - offset
        }

        /// The offset at a time, and from when until when it holds.
        fileprivate func span(at time: Int64) -> (offset: Int64, times: Range<Int64>) {
            var (low, high) = (0, changes.count)
            while low < high {
                let middle = (low + high) / 2
                if changes[middle].from <= time { low = middle + 1 } else { high = middle }
            }
            let times = (low == 0 ? Int64.min : changes[low - 1].from)..<(low == changes.count ? Int64.max : changes[low].from)
            return (low == 0 ? offset : changes[low - 1].offset, times)
        }
    }
}

/// Local times of a zone, one after another: most lie between the same two changes.
package struct ZoneClock {
    private let zone: AggregateRequest.ZoneOffsets
    private var span: (offset: Int64, times: Range<Int64>)

    package init(_ zone: AggregateRequest.ZoneOffsets) { (self.zone, span) = (zone, zone.span(at: 0)) }

    /// - Parameter time: in milliseconds since 1970.
    /// - Returns: what the zone's clocks show, as if they were of UTC.
    package mutating func local(_ time: Int64) -> Int64 {
        if !span.times.contains(time) { span = zone.span(at: time) }
        return time + span.offset
    }
}

extension Int64 {
    /// The day since 1970 of a local time in milliseconds.
    fileprivate var flooredDay: Int64 { self >= 0 ? self / DailyBound.day : -((-self + DailyBound.day - 1) / DailyBound.day) }
}
