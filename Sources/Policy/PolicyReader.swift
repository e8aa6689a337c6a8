import Yams

/// Collects problems while policy files are read, so that one run shows them all.
final class Problems {
    private(set) var found: [PolicyError.Problem] = []

    func add(_ place: Place, _ message: String) {
        found.append(.init(file: place.file, line: place.line, message: message))
    }
}

/// A YAML value with its place.
struct Located {
    let node: Node
    let file: String
    let problems: Problems

    var place: Place { Place(file: file, line: node.mark?.line ?? 0) }

    /// Reads `text` as one YAML mapping; nil, with the problem noted, when it is not.
    static func document(_ text: String, file: String, problems: Problems) -> LocatedMapping? {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                problems.add(Place(file: file, line: 0), "is empty")
                return nil
            }
            return Located(node: node, file: file, problems: problems).mapping("the file")
        } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
            let names = duplicates.sorted()
            let line = lastLine(of: names.first ?? "", in: text, after: context.mark.line)
            problems.add(Place(file: file, line: line), "'\(names.joined(separator: "', '"))' is defined twice")
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            problems.add(Place(file: file, line: mark.line), "not valid YAML: \(problem)")
        } catch {
            problems.add(Place(file: file, line: 0), "cannot be read as YAML")
        }
        return nil
    }

    /// Yams names the mapping's line; the reader wants that of the repeated key.
    private static func lastLine(of key: String, in text: String, after line: Int) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let matches = lines.indices.filter { index in
            let trimmed = lines[index].drop { $0 == " " || $0 == "\"" }
            return index + 1 > line && trimmed.hasPrefix(key) && trimmed.dropFirst(key.count).first.map { ":\" ".contains($0) } == true
        }
        return matches.dropFirst().first.map { $0 + 1 } ?? matches.last.map { $0 + 1 } ?? line
    }

    func mapping(_ what: String) -> LocatedMapping? {
        guard case .mapping(let mapping) = node else {
            problems.add(place, "\(what) must be a mapping (key: value), not \(kind)")
            return nil
        }
        var entries: [String: Located] = [:]
        var order: [(key: String, value: Located)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { continue }
            // A key's own line tells more than its value's.
            let located = Located(node: value, file: file, problems: problems)
            entries[scalar.string] = located
            order.append((scalar.string, located))
        }
        return LocatedMapping(place: place, entries: entries, order: order, problems: problems)
    }

    func list(_ what: String) -> [Located]? {
        guard case .sequence(let sequence) = node else {
            problems.add(place, "\(what) must be a list, not \(kind)")
            return nil
        }
        return sequence.map { Located(node: $0, file: file, problems: problems) }
    }

    func string(_ what: String) -> String? {
        guard case .scalar(let scalar) = node else {
            problems.add(place, "\(what) must be text, not \(kind)")
            return nil
        }
        return scalar.string
    }

    func integer(_ what: String, in range: ClosedRange<Int>) -> Int? {
        guard case .scalar(let scalar) = node, let value = Int(scalar.string) else {
            problems.add(place, "\(what) must be a whole number, not \(kind)")
            return nil
        }
        guard range.contains(value) else {
            problems.add(place, "\(what) must lie between \(range.lowerBound) and \(range.upperBound), not \(value)")
            return nil
        }
        return value
    }

    func decimal(_ what: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = string(what).flatMap({ Double($0) }), range.contains(value) else {
            problems.add(place, "\(what) must be a number between \(range.lowerBound) and \(range.upperBound)")
            return nil
        }
        return value
    }

    func boolean(_ what: String) -> Bool? {
        guard let value = node.bool else {
            problems.add(place, "\(what) must be true or false")
            return nil
        }
        return value
    }

    /// Minutes since midnight, of a time such as "19:30"; "24:00" is the day's end.
    func minuteOfDay() -> Int? {
        let parts = (string("a time of day") ?? "").split(separator: ":").map { Int($0) }
        if parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour), (0..<60).contains(minute),
            hour * 60 + minute <= 24 * 60
        {
            return hour * 60 + minute
        }
        problems.add(place, "a time of day must be \"HH:MM\" in quotes")
        return nil
    }

    /// One of the cases of `type` by its raw value.
    func choice<T: RawRepresentable<String> & CaseIterable>(_ what: String, _ type: T.Type) -> T? {
        guard let name = string(what) else { return nil }
        if let value = T(rawValue: name) { return value }
        let known = T.allCases.map(\.rawValue)
        problems.add(
            place,
            "\(what) must be one of \(known.joined(separator: ", ")), not '\(name)'\(suggestion(for: name, among: known))")
        return nil
    }

    private var kind: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
        case .alias: "an alias"
        }
    }
}

/// A YAML mapping whose unknown keys are problems.
struct LocatedMapping {
    let place: Place
    let entries: [String: Located]
    /// In the order of the file.
    let order: [(key: String, value: Located)]
    let problems: Problems

    /// Notes every key that is not in `known`.
    func allow(only known: [String]) {
        for (key, value) in order where !known.contains(key) {
            problems.add(value.keyPlace, "unknown key '\(key)'\(suggestion(for: key, among: known))")
        }
    }

    subscript(key: String) -> Located? { entries[key] }

    /// The value of `key`; its absence is a problem.
    func required(_ key: String, of what: String) -> Located? {
        if let value = entries[key] { return value }
        problems.add(place, "\(what) lacks '\(key)'")
        return nil
    }

    /// `version: 1` must stand in every file.
    func checkVersion() {
        guard let version = required("version", of: "the file") else { return }
        if version.string("version") != "1" { problems.add(version.place, "version must be 1") }
    }
}

extension Located {
    /// Scalars and flow values stand on their key's line; a block value begins on the next.
    fileprivate var keyPlace: Place {
        switch node {
        case .mapping(let mapping) where mapping.style != .flow: Place(file: file, line: max(place.line - 1, 1))
        case .sequence(let sequence) where sequence.style != .flow: Place(file: file, line: max(place.line - 1, 1))
        default: place
        }
    }
}
