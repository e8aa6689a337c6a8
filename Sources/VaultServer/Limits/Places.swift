import Synchronization

/// A number of places for what may go on at the same time, and how many of them one principal may have.
final class Places: Sendable {
    private struct State {
        var taken = 0
        var byPrincipal: [String: Int] = [:]
    }

    private let count, each: Int
    private let state = Mutex(State())

    init(_ count: Int, each: Int = .max) { (self.count, self.each) = (count, each) }

    /// A place that is taken until it is let go of.
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

    /// - Throws: ``Problem/busy`` when all are taken.
    func take(_ principal: String = "") throws -> Place {
        try state.withLock { state in
            guard state.taken < count, state.byPrincipal[principal] ?? 0 < each else { throw Problem.busy }
            state.taken += 1
            state.byPrincipal[principal, default: 0] += 1
        }
        return Place(principal, of: self)
    }

    /// Takes a place for as long as `body` runs.
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
