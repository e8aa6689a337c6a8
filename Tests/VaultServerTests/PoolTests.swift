import Foundation
import Synchronization
import Testing

@testable import VaultServer

/// Whose turn it is, and who is turned away.
@Suite("Threads for blocking work")
struct PoolTests {
    private static func limits(threads: Int = 1, each: Int = 1, waiting: Int = 100, waitingEach: Int = 100, patience: Duration = .seconds(600)) -> WorkPool.Limits {
        .init(threads: threads, threadsEach: each, waiting: waiting, waitingEach: waitingEach, patience: patience)
    }

    /// What was done, in order.
    private final class Order: Sendable {
        private let names = Mutex<[String]>([])

        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    /// Waits until something is so.
    private func until(_ body: () -> Bool) async {
        while !body() { await Task.yield() }
    }

    /// A thread of a pool that is held until `free` is called.
    private final class Hold: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        let task: Task<Void, any Error>

        init(_ pool: WorkPool, _ principal: String) {
            let gate = gate
            task = Task { try await pool.run(for: principal) { gate.wait() } }
        }

        func open() { gate.signal() }

        func free() async throws {
            open()
            try await task.value
        }
    }

    @Test("names take turns, whoever has how much to do, and each one's own keep their order")
    func turns() {
        var queue = FairQueue<Int>()
        for number in 1...4 { queue.append(number, of: "a") }
        queue.append(5, of: "b")
        queue.append(6, of: "c")
        queue.append(7, of: "b")
        #expect(queue.removeAll { $0 == 3 } == [3])
        var order: [Int] = []
        while let next = queue.next(where: { _ in true }) { order.append(next.element) }
        #expect(order == [1, 5, 6, 2, 7, 4] && queue.count == 0)
        queue.append(8, of: "a")
        queue.append(9, of: "b")
        #expect(queue.hasNext { $0 != "a" } && !queue.hasNext { $0 == "c" })
        #expect(queue.next { $0 != "a" }?.element == 9)
        #expect(queue.next { $0 != "a" } == nil && queue.count == 1)
    }

    @Test("who comes with one piece of work waits for one of another's hundred, not for all")
    func fairness() async throws {
        let pool = WorkPool(Self.limits())
        let hold = Hold(pool, "greedy")
        await until { pool.measures.running == 1 }
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 { group.addTask { try await pool.run(for: "greedy") { order.add("greedy \(number)") } } }
            await until { pool.measures.waiting == 50 }
            group.addTask { try await pool.run(for: "modest") { order.add("modest") } }
            await until { pool.measures.waiting == 51 }
            try await hold.free()
            try await group.waitForAll()
        }
        let place = try #require(order.all.firstIndex(of: "modest"))
        #expect(place <= 1, "it came after \(place) others")
    }

    @Test("no principal has all threads of work that takes long")
    func share() async throws {
        let pool = WorkPool(Self.limits(threads: 3, each: 2))
        let holds = (0..<5).map { _ in Hold(pool, "greedy") }
        await until { pool.measures.running == 2 && pool.measures.waiting == 3 }
        #expect(try await pool.run(for: "modest") { 7 } == 7)
        // The thread that worked is free a moment after who waited for it is told.
        await until { pool.measures.running == 2 }
        // Which of them works first is open: one that waits must not be waited for while those that work are held.
        for hold in holds { hold.open() }
        for hold in holds { try await hold.task.value }
        await until { pool.measures.running == 0 }
    }

    @Test("too many that wait are turned away at once, and what has waited too long without being done; what goes on is not")
    func bounds() async throws {
        let pool = WorkPool(Self.limits(waiting: 3, waitingEach: 2, patience: .milliseconds(300)))
        let hold = Hold(pool, "a")
        await until { pool.measures.running == 1 }
        let done = Order()
        let waiting = ["a", "a", "b"].map { name in Task { try await pool.run(for: name) { done.add(name) } } }
        await until { pool.measures.waiting == 3 }
        for name in ["a", "c"] {
            let problem = try await #require(throws: Problem.self) { try await pool.run(for: name) {} }
            #expect(problem.status == .serviceUnavailable && problem.failure.rawValue == "busy" && problem.headers[.retryAfter] != nil)
        }
        let continued = Task { try await pool.run(for: "c", isContinued: true) { 1 } }
        for task in waiting {
            let problem = try await #require(throws: Problem.self) { try await task.value }
            #expect(problem.failure.rawValue == "busy" && problem.headers[.retryAfter] != nil)
        }
        #expect(pool.measures.refused == 2 && pool.measures.expired == 3 && done.all.isEmpty)
        try await hold.free()
        #expect(try await continued.value == 1)
    }

    @Test("at the end nobody waits for what does not end")
    func abandoned() async throws {
        let pool = WorkPool(Self.limits())
        let gate = DispatchSemaphore(value: 0)
        let running = Task { try await pool.run(for: "a") { gate.wait() } }
        await until { pool.measures.running == 1 }
        let waiting = Task { try await pool.run(for: "b") {} }
        await until { pool.measures.waiting == 1 }
        #expect(pool.abandon() == 1)
        for task in [running, waiting] { await #expect(throws: Problem.self) { try await task.value } }
        await #expect(throws: Problem.self) { try await pool.run(for: "c") {} }
        gate.signal()
    }

    @Test("places are taken once, by no principal more than its share, and free again however they are let go")
    func places() throws {
        let places = Places(3, each: 2)
        let first = try places.take("a")
        var second: Places.Place? = try places.take("a")
        #expect(throws: Problem.self) { try places.take("a") }
        let third = try places.take("b")
        #expect(throws: Problem.self) { try places.take("c") }
        first.free()
        first.free()
        #expect(places.taken == 2)
        #expect(second != nil)
        second = nil
        #expect(places.taken == 1)
        third.free()
        #expect(places.taken == 0)
    }

    @Test("connections are as many as there is room for, and next to none is no server")
    func room() throws {
        #expect(try OpenFiles.connections(limit: 1024, cores: 2) == 1024 - 168)
        #expect(try OpenFiles.connections(limit: 200, cores: 2) == 32)
        #expect(throws: (any Error).self) { try OpenFiles.connections(limit: 100, cores: 2) }
    }
}
