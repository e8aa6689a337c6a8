import Policy
import Store

extension Vault {
    private static let portion = 500

    /// Seals what a format before 4 kept readable, and marks records as it did not. A killed run is continued by the next.
    func bringCodesUpToDate(from format: Int) throws {
        guard format < StoredFormat.agreements.rawValue else { return }
        try sealFormerCodes()
        try markUnattributed()
    }

    /// Seals labels and coarser forms of fields that an earlier format kept readable, some records at a time: what is sealed is no longer there.
    private func sealFormerCodes() throws {
        var last = Int64.min
        while true {
            let editor = try RecordEditor(vault: self)
            let done = try store.write { [last] writer in
                let found = try writer.reader.formerCodes(after: last, limit: Self.portion)
                for former in found {
                    // A customer who is being erased has no key any more, and nothing that may be kept.
                    if let stored = try writer.reader.codes(of: former.record), stored.key != nil {
                        try writer.setCodes(of: former.record, subject: former.subject, to: editor.codes(of: stored) { add(former, to: &$0) })
                    }
                    try writer.removeFormerCodes(former)
                }
                return found.last?.record
            }
            guard let done else { break }
            last = done
        }
        try store.write { try $0.removeFormerLabels() }
    }

    /// Marks records of which nothing says whose they are.
    private func markUnattributed() throws {
        let identifying = Set(layout.resolution.map { layout.indexes[$0].number })
        var last: Int64? = .min
        while let after = last { last = try store.write { try $0.markUnattributed(after: after, limit: Self.portion, identifying: identifying) } }
    }

    private func add(_ former: FormerCodes, to codes: inout RecordCodes) {
        for (field, value) in former.coarse {
            // A field that the schema no longer has: nothing says that it is not about the person.
            let part = policy.field(field).flatMap { $0.isSealed ? CodePart($0.fieldClass) : nil } ?? .quasi
            codes.coarse.append(RecordCodes.Coarse(part: part, field: field, value: value))
        }
        for (module, labels) in Dictionary(grouping: former.labels, by: \.module) { codes.set(labels.map { ($0.label, $0.score) }, of: module) }
    }
}
