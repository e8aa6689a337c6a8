import Detection
import Policy
import RedactedAPI

extension Generalization {
    /// The coarser value; nil if the value cannot be generalized, so that nothing is stored.
    ///
    /// - Parameter time: the record's time, on which ages are calculated.
    func generalize(_ value: String, at time: Timestamp) -> String? {
        switch self {
        case .ageBand(let years):
            guard let birth = Timestamp(value)?.date else { return nil }
            let day = time.date
            let hadBirthday = (day.month, day.day) >= (birth.month, birth.day)
            let age = day.year - birth.year - (hadBirthday ? 0 : 1)
            guard (0...120).contains(age) else { return nil }
            let low = age / years * years
            return "\(low)-\(low + years - 1)"
        case .year:
            return Timestamp(value).map { String($0.date.year) }
        case .city:
            return ChinesePlaces.city(of: value)
        case .prefix(let count):
            // A prefix as long as the value would store it in clear.
            return value.count > count ? String(value.prefix(count)) : nil
        }
    }
}
