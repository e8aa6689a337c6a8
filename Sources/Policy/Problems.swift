/// Collects problems while policy files are read, so that one run shows them all, each once.
final class Problems {
    private var noted: [(problem: PolicyError.Problem, cause: String)] = []
    private var others: [String: [Place]] = [:]
    private(set) var warnings: [PolicyError.Problem] = []

    var isEmpty: Bool { noted.isEmpty }
    var count: Int { noted.count }

    /// In the order in which they were met.
    var found: [PolicyError.Problem] {
        noted.map { problem, cause in
            guard let others = others[cause] else { return problem }
            var problem = problem
            problem.message += "; also at \(others.map(\.short).joined(separator: ", "))"
            return problem
        }
    }

    /// - Parameter cause: what it comes of, where the same mistake shows at several places: those are named behind the first.
    ///   Without one it comes of these words at this place, which are read once for each alias of an anchor.
    func add(_ place: Place, _ message: String, cause: String? = nil) {
        let key = cause ?? "\(place): \(message)"
        guard let known = noted.first(where: { $0.cause == key }) else {
            noted.append((.init(file: place.file, line: place.line, message: message), key))
            return
        }
        let isNew = place != Place(file: known.problem.file, line: known.problem.line) && others[key]?.contains(place) != true
        if isNew { others[key, default: []].append(place) }
    }

    /// Notes what could be meant, but hardly is.
    func warn(_ place: Place, _ message: String) {
        let warning = PolicyError.Problem(file: place.file, line: place.line, message: message)
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}

/// The names that a file defines, as far as it can be read: what else names them is not at fault for what cannot.
struct DefinedNames {
    private(set) var names: Set<String> = []
    /// Whether these are all.
    var isWhole = false

    mutating func insert(_ name: String) { names.insert(name) }

    func lacks(_ name: String) -> Bool { isWhole && !names.contains(name) }
}
