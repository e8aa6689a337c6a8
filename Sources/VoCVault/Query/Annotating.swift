import AuditLog
import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session: AnnotatedSource {
    public func annotate(_ annotations: [Annotation], purpose: String) throws -> Int {
        // What a grant does not show, its roles do not say either.
        let said = Set(annotations.map(\.module)).filter { vault.policy.module($0) != nil }.sorted()
        let access = try authorize(.annotate, purpose: purpose, fields: said)
        return try logged(access) {
            let names = try pseudonyms(access.purpose)
            let prepared = try annotations.enumerated().map { index, annotation in
                func slip(_ member: String, _ reason: String) -> VaultError { .invalid(Annotate.slip(in: index, member, reason)) }
                guard let module = vault.policy.module(annotation.module) else {
                    throw slip("module", PolicySet.unknown("module", annotation.module, among: vault.policy.moduleNames))
                }
                if let obstacle = vault.codes.obstacle(to: annotation.labels.keys.sorted(), of: module) { throw slip("labels", obstacle) }
                guard annotation.labels.values.allSatisfy({ (0...1).contains($0) }) else { throw slip("labels", "a score is a number from 0 to 1") }
                guard Self.placesAreValid(annotation, of: module) else {
                    throw slip(
                        "places", "they belong to labels of 'aspect': up to \(Annotation.mostPlaces) pairs of a beginning and an end each, in order, with the mark of the text")
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
                            codes.set(annotation.labels.map { ($0.key, $0.value) }, of: BuiltinField(rawValue: module.name) == nil ? CodedColumn.own + module.name : module.name)
                            if module.vocabulary == .aspects { codes.set(places(of: annotation), of: AspectPlaces.module) }
                        }
                    }
                    try writer.setCodes(of: number, subject: stored.subject, to: codes)
                    records.insert(number)
                }
                return (records.count, access.entry(rows: records.count, detail: [.modules: Set(prepared.map(\.1.name)).sorted().joined(separator: ",")]))
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

    private static func placesAreValid(_ annotation: Annotation, of module: LabelModule) -> Bool {
        guard let places = annotation.places else { return annotation.mark == nil }
        guard module.vocabulary == .aspects, let mark = annotation.mark, mark.utf8.count == 16, mark.utf8.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }) else { return false }
        return places.allSatisfy { annotation.labels[$0] != nil && AspectPlaces.areValid($1) }
    }
}
