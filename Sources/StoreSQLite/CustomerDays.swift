import Store

/// Lets through the rows that count under a ``DailyBound``, as they come in the order of their records.
struct CustomerDays {
    private let bound: DailyBound
    private var clock: ZoneClock
    /// A hash table of subjects and periods; a subject of -1: there is none.
    private var subjects = [Int64](repeating: -1, count: 1024)
    private var periods = [Int32](repeating: 0, count: 1024)
    /// Bit n: a record of the period's nth day counts.
    private var days = [UInt32](repeating: 0, count: 1024)
    private var count = 0
    /// The record at hand, and how many of its rows have come.
    private var record: Int64 = .min
    private var rows = 0
    private var isCounted = false
    /// Whether no record came before one with a lower number: otherwise others should have counted.
    private(set) var isOrdered = true

    init(_ bound: DailyBound) { (self.bound, clock) = (bound, ZoneClock(bound.zone)) }

    /// - Parameter time: in milliseconds since 1970.
    mutating func admits(record: Int64, subject: Int64, time: Int64) -> Bool {
        if record == self.record {
            rows += 1
        } else {
            if record < self.record { isOrdered = false }
            (self.record, rows) = (record, 1)
            isCounted = counts(subject, clock.local(time) / DailyBound.day)
        }
        return isCounted && rows <= bound.labels
    }

    private mutating func counts(_ subject: Int64, _ day: Int64) -> Bool {
        let (period, bit) = (Int32(truncatingIfNeeded: day / DailyBound.period), UInt32(1) << UInt32(truncatingIfNeeded: day % DailyBound.period))
        var slot = Self.slot(subject, period, subjects.count)
        while subjects[slot] >= 0, subjects[slot] != subject || periods[slot] != period { slot = (slot + 1) & (subjects.count - 1) }
        if subjects[slot] < 0 {
            (subjects[slot], periods[slot]) = (subject, period)
            count += 1
        }
        guard days[slot] & bit == 0, days[slot].nonzeroBitCount < bound.days else { return false }
        days[slot] |= bit
        if count * 2 > subjects.count { grow() }
        return true
    }

    private static func slot(_ subject: Int64, _ period: Int32, _ size: Int) -> Int {
        let bits = (UInt64(bitPattern: subject) ^ UInt64(UInt32(bitPattern: period)) << 40) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (bits ^ bits >> 29) >> 16) & (size - 1)
    }

    private mutating func grow() {
        let old = (subjects, periods, days)
        subjects = Array(repeating: -1, count: old.0.count * 2)
        periods = Array(repeating: 0, count: old.0.count * 2)
        days = Array(repeating: 0, count: old.0.count * 2)
        for index in old.0.indices where old.0[index] >= 0 {
            var slot = Self.slot(old.0[index], old.1[index], subjects.count)
            while subjects[slot] >= 0 { slot = (slot + 1) & (subjects.count - 1) }
            (subjects[slot], periods[slot], days[slot]) = (old.0[index], old.1[index], old.2[index])
        }
    }
}
