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
                guard annotation.labels.keys.allSatisfy({ Self.isLabel($0, of: module) }), annotation.labels.values.allSatisfy({ (0...1).contains($0) }) else {
                    throw VaultError.invalid(
                        "a label of '\(module.rawValue)' has 1 to \(module.labelLength) lower-case letters, digits, dots, hyphens and underscores, and a score of 0 to 1")
                }
                guard Self.placesAreValid(annotation, of: module) else {
                    throw VaultError.invalid(
                        "places belong to labels of 'aspect': up to \(Annotation.mostPlaces) pairs of a beginning and an end each, in order, with the mark of the text")
                }
                guard let number = try names.number(.record, of: annotation.record) else { throw VaultError.notFound("the record") }
                return (number, module, annotation)
            }
            return try commit(access) { writer in
                var records: Set<Int64> = []
                // Leaves out records that were deleted meanwhile, those that the grant does not cover, and those whose customers may not be used.
                let (editor, barred) = (try RecordEditor(vault: vault), try Barred(access, writer.reader))
                for (number, said) in Dictionary(grouping: prepared, by: \.0).sorted(by: { $0.key < $1.key }) where try access.isFor(number, in: writer.reader) {
                    guard let stored = try writer.reader.codes(of: number), stored.key != nil, !barred.contains(stored.subject) else { continue }
                    let codes = try editor.codes(of: stored) { codes in
                        for (_, module, annotation) in said {
                            codes.set(annotation.labels.map { ($0.key, $0.value) }, of: module.rawValue)
                            if module == .aspect { codes.set(places(of: annotation), of: AspectPlaces.module) }
                        }
                    }
                    try writer.setCodes(of: number, subject: stored.subject, to: codes)
                    records.insert(number)
                }
                return (records.count, access.entry(rows: records.count, detail: [.modules: Set(prepared.map(\.1.rawValue)).sorted().joined(separator: ",")]))
            }.0
        }
    }

    private func places(of annotation: Annotation) -> [(label: String, score: Double)] {
        guard let places = annotation.places, let mark = annotation.mark else { return [] }
        return places.map { aspect, places in
            let found = AspectPlaces(edition: vault.detector.edition, mark: mark, aspect: aspect, places: places)
            return (found.label, annotation.labels[aspect] ?? 0)
        }
    }

    private static func placesAreValid(_ annotation: Annotation, of module: AnnotationModule) -> Bool {
        guard let places = annotation.places else { return annotation.mark == nil }
        guard module == .aspect, let mark = annotation.mark, mark.utf8.count == 16, mark.utf8.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }) else { return false }
        return places.allSatisfy { annotation.labels[$0] != nil && AspectPlaces.areValid($1) }
    }

    private static func isLabel(_ label: String, of module: AnnotationModule) -> Bool {
        (1...module.labelLength).contains(label.utf8.count) && label.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || [0x2D, 0x2E, 0x5F].contains($0) }
    }
}
