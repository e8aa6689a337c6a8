import Policy
import RedactedAPI

/// What an input would become if it were taken in.
package struct InputCheck: Sendable {
    /// A value of a record, as it would be stored.
    package struct Value: Sendable {
        package var field: String
        /// `plain`, or the class that it would be sealed as.
        package var fieldClass: String
        /// Of a plain field, or the redacted text; nil for what would be sealed.
        package var value: String?
    }

    package struct Record: Sendable {
        package var line: Int
        package var values: [Value]
    }

    /// The first ones.
    package var records: [Record] = []
    package var readable = 0
    package var rejected = 0
    /// How often each reason occurs.
    package var reasons: [String: Int] = [:]
    package var setAside: [String: Int] = [:]
    package var unmapped: Set<String> = []
    package var reading = ""
}

extension Session {
    /// Reads an input to its end and stores nothing.
    ///
    /// - Parameter count: how many records are shown.
    package func check(_ input: InputSource, _ options: InputOptions, source: String, showing count: Int = 3) throws -> InputCheck {
        try requireName(ofSource: source)
        let access = try authorize(.ingest, purpose: nil)
        return try logged(access) {
            let preparer = BatchPreparer(vault: vault, options: options, source: source, batchSize: 8192, input: input)
            var check = InputCheck()
            while let batch = try preparer.next() {
                for record in batch.records.prefix(max(0, count - check.records.count)) { check.records.append(shown(record, of: batch)) }
                check.readable += batch.records.count
                check.rejected += batch.rejects.count
                for reject in batch.rejects { check.reasons[reject.reason, default: 0] += 1 }
                check.setAside.merge(batch.setAside, uniquingKeysWith: +)
                check.unmapped.formUnion(batch.unmapped)
                check.reading = batch.reading
            }
            return check
        }
    }

    private func shown(_ record: PreparedRecord, of batch: PreparedBatch) -> InputCheck.Record {
        var values = [
            InputCheck.Value(field: "occurred_at", fieldClass: "plain", value: "\(Timestamp(milliseconds: record.occurredAt))"),
            InputCheck.Value(field: "channel", fieldClass: "plain", value: record.channel),
        ]
        for (column, value) in zip(vault.layout.columns, record.attributes) {
            let text: String? =
                switch value {
                case .text(let text): text
                case .integer(let number): String(number)
                case .real(let number): String(number)
                default: nil
                }
            if let text { values.append(InputCheck.Value(field: vault.layout.fields[column.field].name, fieldClass: "plain", value: text)) }
        }
        for field in vault.layout.fields where field.isSealed && batch.value(of: field, in: record) != nil {
            values.append(InputCheck.Value(field: field.name, fieldClass: field.fieldClass.rawValue, value: nil))
        }
        if let text = batch.text(of: record) { values.append(InputCheck.Value(field: "text", fieldClass: "redacted", value: text)) }
        return InputCheck.Record(line: record.line, values: values)
    }
}

extension PreparedBatch {
    /// A record's text as it is shown; nil if it has none.
    func text(of record: PreparedRecord) -> String? {
        let plaintext = plaintexts[record.part].bytes
        let place = record.compartments[.redacted]
        return Fields.place(of: Compartment.redacted.rawValue, in: plaintext.span.extracting(place)).map {
            String(decoding: plaintext[place.lowerBound + $0.lowerBound..<place.lowerBound + $0.upperBound], as: UTF8.self)
        }
    }
}
