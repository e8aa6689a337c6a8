extension GroupKey.Unit {
    /// The name of the unit in which a day lies.
    ///
    /// - Parameter day: since 1970.
    package func name(of day: Int64) -> String {
        let date = Timestamp(day: day).description
        switch self {
        case .hour, .day: return String(date.prefix(10))
        case .month: return String(date.prefix(7))
        case .year: return String(date.prefix(4))
        case .quarter: return "\(date.prefix(4))-Q\((Timestamp(day: day).date.month + 2) / 3)"
        case .weekday: return String(day.weekday)
        case .week:
            let thursday = day - day.weekday + 4
            let year = Timestamp(day: thursday).date.year
            let week = (thursday - Int64(Timestamp.daysSince1970(year: year, month: 1, day: 1))) / 7 + 1
            return "\(Timestamp(day: thursday).description.prefix(4))-W\(week < 10 ? "0" : "")\(week)"
        }
    }
}

extension Int64 {
    /// Of a day since 1970: 1 for Monday to 7 for Sunday.
    package var weekday: Int64 { ((self + 3) % 7 + 7) % 7 + 1 }
}

extension Timestamp {
    /// The date that stands for a day.
    ///
    /// - Parameter day: since 1970.
    package init(day: Int64) { self.init(milliseconds: day * 86_400_000) }
}
