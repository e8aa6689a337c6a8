import Synchronization

/// Limits how many things may go on at the same time, in total and for one principal.
final class Places: Sendable {
    private struct State {
        var taken = 0
        var byPrincipal: [String: Int] = [:]
    }

    private let count, each: Int
    private let state = Mutex(State())

    init(_ count: Int, each: Int = .max) { (self.count, self.each) = (count, each) }

    /// An occupied place, until it is released.
    final class Place: Sendable {
        private let principal: String
        private let places: Mutex<Places?>

        fileprivate init(_ principal: String, of places: Places) {
            self.principal = principal
            self.places = Mutex(places)
        }

        func free() {
            places.withLock { places in
                places?.free(principal)
                places = nil
            }
        }

        deinit { free() }
    }

    /// - Throws: ``Problem/busy`` if all places are occupied.
    func take(_ principal: String = "") throws -> Place {
        try state.withLock { state in
            guard state.taken < count, state.byPrincipal[principal] ?? 0 < each else { throw Problem.busy }
            state.taken += 1
            state.byPrincipal[principal, default: 0] += 1
        }
        return Place(principal, of: self)
    }

    /// Occupies a place while `body` runs.
    func within<R>(_ principal: String = "", _ body: () async throws -> R) async throws -> R {
        let place = try take(principal)
        defer { place.free() }
        return try await body()
    }

    private func free(_ principal: String) {
        state.withLock { state in
            state.taken -= 1
            let left = state.byPrincipal[principal]! - 1
            state.byPrincipal[principal] = left == 0 ? nil : left
        }
    }

    var taken: Int { state.withLock(\.taken) }
}
