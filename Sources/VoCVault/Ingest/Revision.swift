import Foundation
import Policy
import RedactedAPI
import Sealing
import Wire

/// When a source came to say what a record says: `revised_at` in `sources.yaml`. It is kept, sealed, with what no field classifies, so that nothing
/// older takes the place of something newer: an event that somebody sends again, or one that a network held back.
struct Revision {
    /// Under which a record has it.
    static let path = "revised_at"

    private let order: SourceRule.DateOrder?
    private var clock: LocalClock

    /// - Parameters:
    ///   - rule: of the source.
    ///   - zone: of times without an offset, where the rule names none.
    init(_ rule: SourceRule?, zone: TimeZone) { (order, clock) = (rule?.dateOrder, LocalClock(rule?.timeZone.flatMap { TimeZone(identifier: $0) } ?? zone)) }

    /// Whether a record that comes again is older than what the vault has of it. Where one of the two does not say, it is not.
    mutating func isOlder(_ record: PreparedRecord, in batch: PreparedBatch, than stored: OpenedRecord) throws -> Bool {
        var (new, old): (Int64?, Int64?)
        let plaintext = batch.plaintexts[record.part].bytes
        Fields.forEach(in: plaintext.span.extracting(record.compartments[.unclassified])) { _, value in new = time(in: value.indices.map { value[$0] }) }
        guard let new else { return false }
        try stored.fields(.unclassified)?.forEach { _, value in old = time(in: value.indices.map { value[$0] }) }
        return old.map { new < $0 } ?? false
    }

    /// In milliseconds since 1970.
    private mutating func time(in unclassified: [UInt8]) -> Int64? {
        guard case .string(let text)? = (try? JSON(parsing: unclassified))?.object?[Self.path], let time = SourceTime.standard(text, order: order),
            let written = WrittenTime(Array(time.utf8).span)
        else { return nil }
        return clock.moment(written)
    }
}
