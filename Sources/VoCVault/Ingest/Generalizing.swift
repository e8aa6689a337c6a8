import Policy
import RedactedAPI

extension Generalization {
    /// The coarser value; nil when the value cannot be made coarse, so that nothing is stored.
    ///
    /// - Parameter time: when the record was made: ages are those of that day.
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
            return Self.city(of: value)
        case .prefix(let count):
            // A prefix that is the whole value would store it in clear.
            return value.count > count ? String(value.prefix(count)) : nil
        }
    }

    /// Province and city at the start of a Chinese address, as in 广东省深圳市 or 北京市.
    private static func city(of address: String) -> String? {
        var place: [UInt8] = []
        place.reserveCapacity(36)
        var province: Int?
        for scalar in address.unicodeScalars {
            if scalar == " " || scalar == "\u{3000}" { continue }
            guard (0x3400...0x9FFF).contains(scalar.value), place.count < 36 else { break }
            place.append(contentsOf: UTF8.encode(scalar)!)
            if scalar == "市" { return String(decoding: place, as: UTF8.self) }
            if scalar == "省", province == nil { province = place.count }
        }
        return province.map { String(decoding: place[..<$0], as: UTF8.self) }
    }
}
