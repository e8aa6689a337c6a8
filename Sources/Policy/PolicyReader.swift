import Yams

/// A YAML value and where it stands.
struct Located {
    let node: Node
    let file: String
    let problems: Problems

    var place: Place { Place(file: file, line: node.mark?.line ?? 0) }

    /// Reads `text` as a YAML mapping; records the problem and returns nil if it is none.
    static func document(_ text: String, file: String, problems: Problems) -> LocatedMapping? {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                problems.add(Place(file: file, line: 0), "is empty")
                return nil
            }
            // What the whole file lacks is reported on its first line, not on that of its first key.
            return Located(node: node, file: file, problems: problems).mapping("the file", at: Place(file: file, line: 1))
        } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
            let names = duplicates.sorted()
            let line = lastLine(of: names.first ?? "", in: text, after: context.mark.line)
            problems.add(Place(file: file, line: line), "'\(names.joined(separator: "', '"))' is defined twice")
        } catch YamlError.parser(let context?, let problem, _, _) where context.text.contains("flow") {
            // The parser notices a missing brace or bracket only on a later line.
            problems.add(Place(file: file, line: context.mark.line), YAMLHint.message(problem, line: context.mark.line, of: text))
        } catch YamlError.scanner(let context?, let problem, _, _) where context.text.contains("quoted") || context.text.contains("simple key") {
            // The same holds for a missing quote, and for the colon after a key.
            problems.add(Place(file: file, line: context.mark.line), YAMLHint.message(problem, line: context.mark.line, of: text))
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            problems.add(Place(file: file, line: mark.line), YAMLHint.message(problem, line: mark.line, of: text))
        } catch {
            problems.add(Place(file: file, line: 0), "cannot be read as YAML")
        }
        return nil
    }

    /// Yams gives the mapping's line; people need the line of the repeated key.
    private static func lastLine(of key: String, in text: String, after line: Int) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let matches = lines.indices.filter { index in
            let trimmed = lines[index].drop { $0 == " " || $0 == "\"" }
            return index + 1 > line && trimmed.hasPrefix(key) && trimmed.dropFirst(key.count).first.map { ":\" ".contains($0) } == true
        }
        return matches.dropFirst().first.map { $0 + 1 } ?? matches.last.map { $0 + 1 } ?? line
    }

    func mapping(_ what: String, at start: Place? = nil) -> LocatedMapping? {
        guard case .mapping(let mapping) = node else {
            problems.add(place, "\(what) must be a mapping (key: value), not \(kind)")
            return nil
        }
        let result = LocatedMapping(place: start ?? place, problems: problems)
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                problems.add(Place(file: file, line: key.mark?.line ?? 0), "a key of \(what) must be text")
                continue
            }
            result.add(scalar.string, at: Place(file: file, line: scalar.mark?.line ?? place.line), Located(node: value, file: file, problems: problems))
        }
        return result
    }

    func list(_ what: String) -> [Located]? {
        guard case .sequence(let sequence) = node else {
            problems.add(place, "\(what) must be a list, not \(kind)")
            return nil
        }
        return sequence.map { Located(node: $0, file: file, problems: problems) }
    }

    /// The texts of a list. Warns about repetitions.
    ///
    /// - Parameters:
    ///   - what: the list, as messages call it.
    ///   - item: one of its texts, with an article.
    func texts(_ what: String, each item: String) -> [(text: String, place: Place)]? {
        guard let items = list(what) else { return nil }
        var seen: Set<String> = []
        return items.compactMap { value in
            guard let text = value.string(item) else { return nil }
            if !seen.insert(text).inserted { problems.warn(value.place, "'\(text)' appears twice in \(what)") }
            return (text, value.place)
        }
    }

    /// A text that must not be blank, such as a name.
    func name(_ what: String) -> String? {
        guard let name = string(what) else { return nil }
        guard name.contains(where: { !$0.isWhitespace }) else {
            problems.add(place, "\(what) is empty")
            return nil
        }
        return name
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
            problems.add(place, "\(what) must be between \(range.lowerBound) and \(range.upperBound), not \(value)")
            return nil
        }
        return value
    }

    func decimal(_ what: String, in range: ClosedRange<Double>) -> Double? {
        guard case .scalar(let scalar) = node, let value = Double(scalar.string), range.contains(value) else {
            problems.add(place, "\(what) must be a number between \(range.lowerBound) and \(range.upperBound), not \(kind)")
            return nil
        }
        return value
    }

    func boolean(_ what: String) -> Bool? {
        guard let value = node.bool else {
            problems.add(place, "\(what) must be true or false, not \(kind)")
            return nil
        }
        return value
    }

    /// Minutes since midnight, from a time such as "19:30"; "24:00" is the end of the day.
    func minuteOfDay() -> Int? {
        let parts = (node.scalar?.string ?? "").split(separator: ":")
        if parts.count == 2, parts[1].utf8.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour),
            (0..<60).contains(minute), hour * 60 + minute <= 24 * 60
        {
            return hour * 60 + minute
        }
        problems.add(place, "a time of day must be \"HH:MM\" in quotes, not \(kind)")
        return nil
    }

    /// The case of `type` with this raw value.
    func choice<T: RawRepresentable<String> & CaseIterable>(_ what: String, _ type: T.Type) -> T? {
        guard let name = string(what) else { return nil }
        if let value = T(rawValue: name) { return value }
        let known = T.allCases.map(\.rawValue)
        problems.add(
            place,
            "\(what) must be one of \(known.joined(separator: ", ")), not '\(name)'\(suggestion(for: name, among: known))")
        return nil
    }

    /// What was found, as messages call it.
    var kind: String {
        switch node {
        case .mapping(let mapping): mapping.isEmpty ? "an empty mapping" : "a mapping"
        case .sequence(let sequence): sequence.isEmpty ? "an empty list" : "a list"
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
        case .alias: "an alias"
        }
    }
}

extension [Located] {
    /// Cases of `type` by their raw values. Warns about repetitions.
    ///
    /// - Parameters:
    ///   - item: one of them, with an article.
    ///   - list: the list, as messages call it.
    func choices<T: RawRepresentable<String> & CaseIterable & Hashable>(_ item: String, _ type: T.Type, of list: String) -> [T] {
        var seen: Set<T> = []
        return compactMap { value in
            guard let choice = value.choice(item, type) else { return nil }
            if !seen.insert(choice).inserted { value.problems.warn(value.place, "'\(choice.rawValue)' appears twice in \(list)") }
            return choice
        }
    }
}

/// A YAML mapping that reports unknown keys.
final class LocatedMapping {
    let place: Place
    /// In the order of the file.
    private(set) var order: [(key: String, value: Located)] = []
    let problems: Problems
    private var entries: [String: Located] = [:]
    /// Where each key stands: more useful in a message than the place of its value.
    private var places: [String: Place] = [:]
    /// Known keys that an unknown one probably means. That they are missing is the same mistake.
    private var meant: Set<String> = []
    /// How many unknown keys resemble no known one. Each may stand for a missing key.
    private var strays = 0

    /// The longest list of known keys in a message: nobody finds the right one in a longer list.
    private static let longestList = 12

    init(place: Place, problems: Problems) { (self.place, self.problems) = (place, problems) }

    fileprivate func add(_ key: String, at place: Place, _ value: Located) {
        (entries[key], places[key]) = (value, place)
        order.append((key, value))
    }

    /// Reports every key that is not in `known`; returns whether there was none.
    @discardableResult
    func allow(only known: [String]) -> Bool {
        let unknown = order.map(\.key).filter { !known.contains($0) }
        for key in unknown {
            let nearest = nearestName(to: key, among: known)
            let list = known.count <= Self.longestList ? " (known: \(known.joined(separator: ", ")))" : ""
            // `{id price}` for `{id: price}`.
            let unseparated = entries[key]?.node.scalar?.string.isEmpty == true ? known.first { key.hasPrefix($0 + " ") } : nil
            let meaning = unseparated.map { " (a ':' must follow '\($0)')" } ?? nearest.map { " (did you mean '\($0)'?)" } ?? list
            problems.add(place(of: key), "unknown key '\(key)'\(meaning)")
            if let absent = nearestName(to: key, among: known.filter { entries[$0] == nil }) { meant.insert(absent) } else { strays += 1 }
        }
        return unknown.isEmpty
    }

    /// The same for a whole file, which must also have `version: 1`.
    func allowVersioned(_ known: [String]) {
        allow(only: ["version"] + known)
        guard let version = required("version", of: "the file") else { return }
        if version.node.scalar?.string != "1" { problems.add(version.place, "version must be 1, not \(version.kind)") }
    }

    subscript(key: String) -> Located? { entries[key] }

    func place(of key: String) -> Place { places[key] ?? place }

    /// The value of `key`; its absence is a problem.
    func required(_ key: String, of what: String) -> Located? {
        if let value = entries[key] { return value }
        if meant.contains(key) { return nil }
        if strays > 0 { strays -= 1 } else { problems.add(place, "\(what) lacks '\(key)'") }
        return nil
    }
}
