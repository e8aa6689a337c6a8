import Foundation
import Store
import StoreConformance
import Testing

@Suite("What every store does")
struct ConformanceTests {
    @Test("each check holds on each store", arguments: TestedStore.there, StoreCheck.all)
    func holds(store: TestedStore, check: StoreCheck) throws { try store.withPlace { try check.run($0) } }

    /// A sample here; `STORE_WALKS=200,400` takes 200 walks of 400 steps.
    private static let (walks, steps): (Int, Int) = {
        let asked = ProcessInfo.processInfo.environment["STORE_WALKS"]?.split(separator: ",").compactMap { Int($0) } ?? []
        return asked.count == 2 ? (asked[0], asked[1]) : (4, 150)
    }()

    private struct Walker {
        let name: String
        let store: () throws -> VaultStore
    }

    /// Gives `body` those who take a walk together: all stores there are, and files that are opened anew before each step.
    private func withWalkers(_ body: ([Walker]) throws -> Void) throws {
        func adding(_ stores: some Collection<TestedStore>, to walkers: [Walker]) throws {
            guard let next = stores.first else {
                return try TestedStore.files.withPlace { place in
                    _ = try place.create()
                    let anew = Walker(name: "in files, opened anew") {
                        let store = try place.open()
                        store.openCodes(with: WrittenCodes.openers)
                        return store
                    }
                    try body(walkers + [anew])
                }
            }
            try next.withPlace { place in
                let store = try place.create()
                try adding(stores.dropFirst(), to: walkers + [Walker(name: next.rawValue) { store }])
            }
        }
        try adding(TestedStore.there, to: [])
    }

    @Test("random operations have the same answers on every store", arguments: 0..<walks)
    func same(seed: Int) throws {
        var walk = StoreWalk(seed: UInt64(seed))
        try withWalkers { walkers in
            for walker in walkers { try walk.prepare(walker.store()) }
            var (before, kinds): ([String], Set<Substring>) = ([], [])
            for number in 0..<Self.steps {
                let step = walk.next()
                let answers = try walkers.map { try step.answer(of: $0.store()) }
                for (walker, answer) in zip(walkers, answers) {
                    #expect(answer == answers[0], "step \(number), \(step.name), \(walker.name), after \(before.suffix(20))")
                }
                if Set(answers).count > 1 { return }
                before.append(step.name)
                if !answers[0].hasPrefix("error") { kinds.insert(step.name.prefix { $0 != " " }) }
            }
            // A walk that mostly fails would prove little.
            #expect(kinds.count >= min(Self.steps / 15, 10), "\(kinds)")
        }
    }
}
