import Foundation
import Synchronization

/// Items that are lent out, each to one at a time; made when they are first needed.
package final class LendingPool<Item: Sendable>: Sendable {
    private let make: @Sendable () throws -> Item
    private let idle = Mutex<[Item]>([])
    private let places: DispatchSemaphore

    /// - Parameter count: most items at once; who comes when all are lent waits.
    package init(count: Int, make: @escaping @Sendable () throws -> Item) { (self.make, places) = (make, DispatchSemaphore(value: count)) }

    /// - Parameters:
    ///   - isUsable: whether one that has lain idle can be lent again.
    ///   - isWhole: whether it is kept after its use.
    package func lend<R>(isUsable: (Item) -> Bool = { _ in true }, isWhole: (Item) -> Bool = { _ in true }, _ body: (Item) throws -> R) throws -> R {
        places.wait()
        defer { places.signal() }
        return try lending(isUsable, isWhole, body)
    }

    /// The same, but nil when all are lent.
    package func lendIfFree<R>(_ body: (Item) throws -> R) throws -> R? {
        guard places.wait(timeout: .now()) == .success else { return nil }
        defer { places.signal() }
        return try lending({ _ in true }, { _ in true }, body)
    }

    private func lending<R>(_ isUsable: (Item) -> Bool, _ isWhole: (Item) -> Bool, _ body: (Item) throws -> R) throws -> R {
        let item = try idle.withLock { $0.popLast() }.flatMap { isUsable($0) ? $0 : nil } ?? make()
        defer { if isWhole(item) { idle.withLock { $0.append(item) } } }
        return try body(item)
    }

    /// Lets go of all that lie idle.
    package func removeIdle() { idle.withLock { $0 = [] } }
}
