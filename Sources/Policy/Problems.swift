/// Collects problems while policy files are read, so that one run shows all of them, each once.
final class Problems {
    private var noted: [(problem: PolicyError.Problem, cause: String)] = []
    private var others: [String: [Place]] = [:]
    private(set) var warnings: [PolicyError.Problem] = []

    var isEmpty: Bool { noted.isEmpty }
    var count: Int { noted.count }

    /// In the order in which they were found.
    var found: [PolicyError.Problem] {
        noted.map { problem, cause in
            guard let others = others[cause] else { return problem }
            var problem = problem
            problem.message += "; also at \(others.map(\.short).joined(separator: ", "))"
            return problem
        }
    }

    /// - Parameter cause: identifies a mistake that shows at several places; the message then names the other places after the
    ///   first. Without it, the message and its place identify the mistake: an anchor's content is read once for each alias.
    func add(_ place: Place, _ message: String, cause: String? = nil) {
        let key = cause ?? "\(place): \(message)"
        guard let known = noted.first(where: { $0.cause == key }) else {
            noted.append((.init(file: place.file, line: place.line, message: message), key))
            return
        }
        let isNew = place != Place(file: known.problem.file, line: known.problem.line) && others[key]?.contains(place) != true
        if isNew { others[key, default: []].append(place) }
    }

    /// Records something that is allowed, but probably not intended.
    func warn(_ place: Place, _ message: String) {
        let warning = PolicyError.Problem(file: place.file, line: place.line, message: message)
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}

/// The names that a file defines, as far as it could be read. Nobody is to blame for naming what could not be read.
struct DefinedNames {
    private(set) var names: Set<String> = []
    /// Whether the list is complete.
    var isWhole = false

    mutating func insert(_ name: String) { names.insert(name) }

    func lacks(_ name: String) -> Bool { isWhole && !names.contains(name) }
}
