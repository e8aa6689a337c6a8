import AuditLog
import Policy
import RedactedAPI
import Store

extension Session: AnnotatedSource {
    public func annotate(_ annotations: [Annotation], purpose: String) throws -> Int {
        let access = try authorize(.annotate, purpose: purpose)
        return try logged(access) {
            let names = try pseudonyms(access.purpose)
            let prepared = try annotations.map { annotation in
                guard let module = AnnotationModule(rawValue: annotation.module) else {
                    throw VaultError.invalid(PolicySet.unknown("module", annotation.module, among: AnnotationModule.allCases.map(\.rawValue)))
                }
                guard annotation.labels.keys.allSatisfy(Self.isLabel), annotation.labels.values.allSatisfy({ (0...1).contains($0) }) else {
                    throw VaultError.invalid("a label has 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and a score of 0 to 1")
                }
                guard let number = try names.number(.record, of: annotation.record) else { throw VaultError.notFound("the record") }
                return (number, module, annotation.labels.sorted { $0.key < $1.key })
            }
            return try commit(access) { writer in
                var records: Set<Int64> = []
                // Leaves out records that were deleted meanwhile, those that the grant does not cover, and those whose customers may not be used.
                let (editor, barred) = (try RecordEditor(vault: vault), try Barred(access, writer.reader))
                for (number, said) in Dictionary(grouping: prepared, by: \.0).sorted(by: { $0.key < $1.key }) where try access.isFor(number, in: writer.reader) {
                    guard let stored = try writer.reader.codes(of: number), stored.key != nil, !barred.contains(stored.subject) else { continue }
                    let codes = try editor.codes(of: stored) { codes in
                        for (_, module, labels) in said { codes.set(labels.map { ($0.key, $0.value) }, of: module.rawValue) }
                    }
                    try writer.setCodes(of: number, subject: stored.subject, to: codes)
                    records.insert(number)
                }
                return (records.count, access.entry(rows: records.count, detail: [.modules: Set(prepared.map(\.1.rawValue)).sorted().joined(separator: ",")]))
            }.0
        }
    }

    private static func isLabel(_ label: String) -> Bool {
        (1...64).contains(label.utf8.count) && label.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || [0x2D, 0x2E, 0x5F].contains($0) }
    }
}
