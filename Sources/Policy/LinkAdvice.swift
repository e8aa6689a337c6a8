/// Warnings about purposes whose pseudonyms keep nothing apart: what their rows show joins them.
extension PolicyLoader {
    func adviseOnLinks() {
        advise(on: "the text", "a text is hardly ever there twice") { grant in grant.fields[BuiltinField.text.rawValue].map { $0 > .suppress } ?? false }
        advise(on: "times finer than a day", "show the day or a longer time in one of them") { grant in
            grant.times < .day && grant.fields.contains { BuiltinField(rawValue: $0.key)?.isTime == true && $0.value > .suppress }
        }
    }

    /// Warns of each two purposes of which roles see rows with something by which they can be joined.
    private func advise(on what: String, _ why: String, _ shows: (Grant) -> Bool) {
        var seers: [String: [(label: String, place: Place)]] = [:]
        for role in roles.values.sorted(by: { $0.name < $1.name }) {
            for grant in role.grants where grant.actions.contains(.query) && grant.pageLimit > 0 && shows(grant) {
                for purpose in Set(grant.purposes) { seers[purpose, default: []].append(("\(role.name)/\(grant.name)", grant.place)) }
            }
        }
        let purposes = seers.keys.sorted()
        for (index, one) in purposes.enumerated() {
            for other in purposes[(index + 1)...] {
                func labels(_ purpose: String) -> String { seers[purpose]!.map(\.label).joined(separator: ", ") }
                problems.warn(
                    seers[other]![0].place,
                    "purposes '\(one)' (\(labels(one))) and '\(other)' (\(labels(other))) can be linked: rows of both show \(what); \(why)")
            }
        }
    }
}
