import Detection
import Foundation
import Policy
import RedactedAPI
import Store

extension Vault {
    /// The present time in the policy's time zone.
    func localTime() -> LocalTime { localTime(at: clock()) }

    /// A time in milliseconds since 1970, in the policy's time zone.
    func localTime(at utc: Int64) -> LocalTime {
        let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc) / 1000))
        return LocalTime(milliseconds: utc + Int64(offset) * 1000)
    }

    /// A text about a record, without the customer's own values: people write names and numbers into reasons.
    func redacted(_ text: String, knownFrom record: OpenedRecord) throws -> String {
        var known: [KnownValue] = []
        for compartment in [Compartment.direct, .quasi, .sensitive] {
            try record.fields(compartment)?.forEach { name, value in
                guard let field = policy.field(name) else { return }
                let (type, spelling) = RecordPreparer.kind(of: field)
                known.append(KnownValue(type: type, text: String(plain: value), spelling: spelling))
            }
        }
        return detector.redact(text, known: known)
    }
}

/// A time in the policy's time zone.
struct LocalTime {
    let milliseconds: Int64

    /// Days since 1970.
    var number: Int { Int(milliseconds / 86_400_000) }
    /// From 1, Monday, to 7.
    var weekday: Int {
        // 1970-01-01 was a Thursday.
        (number + 3) % 7 + 1
    }
    /// Minute of the day, from 0.
    var minute: Int { Int(milliseconds / 60_000 % 1440) }
    /// Such as 2026-03-04.
    var day: String { String(Timestamp(milliseconds: milliseconds).description.prefix(10)) }
}
