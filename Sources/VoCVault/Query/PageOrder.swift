import Policy
import RedactedAPI
import Store
import Synchronization

/// In which order rows are shown: the newest unit of time first, and within it in the order of a permutation under the purpose's key.
///
/// So neither the order nor where a page ends tells more of times than the rows do, nor the sequence of intake, and lists of two
/// purposes cannot be aligned.
struct PageOrder {
    private let condition: StoredCondition
    private let residual: Residual?
    private let pseudonyms: Pseudonyms
    private var times: ShownTimes
    /// What earlier pages of the query have put in order.
    private let known: KnownOrder?
    private(set) var records: [Int64] = []
    /// Where the next page continues; nil at the end.
    private(set) var next: Cursor?
    /// The unit in which the page ends, where it goes on in the next.
    private(set) var rest: KnownOrder?

    init(of condition: StoredCondition, _ residual: Residual?, _ access: Access, _ pseudonyms: Pseudonyms, known: KnownOrder?) {
        (self.condition, self.residual, self.pseudonyms, self.known) = (condition, residual, pseudonyms, known)
        times = access.shownTimes
    }

    /// Finds up to `limit` records.
    mutating func read(_ reader: StoreReader, after cursor: Cursor?, limit: Int) throws {
        var extent = PageRequest.Extent.all
        if let cursor {
            extent = .before(cursor.time)
            if cursor.isWithinUnit {
                let unit = times.unit(of: cursor.time)
                extent = .before(unit.start)
                guard try take(unit, known.flatMap { $0.unit == unit ? $0.records : nil } ?? inOrder(unit, reader), after: cursor.id, limit) else { return }
            }
        }
        while true {
            // One more tells whether there is another page.
            let wanted = limit - records.count + 1
            let places = try reader.places(of: condition, extent, limit: wanted, residual: residual)
            var index = 0
            while index < places.count {
                guard records.count < limit else {
                    next = Cursor(time: times.unit(of: places[index].time).end, id: records.last!, isWithinUnit: false)
                    return
                }
                let unit = times.unit(of: places[index].time)
                let end = places[index...].firstIndex { $0.time < unit.start } ?? places.count
                let isWhole = end < places.count || places.count < wanted
                let found = try isWhole ? inOrder(places[index..<end].map(\.record)) : inOrder(unit, reader)
                guard try take(unit, found, after: nil, limit) else { return }
                (index, extent) = (end, .before(unit.start))
            }
            guard places.count == wanted else { return }
        }
    }

    private func inOrder(_ unit: ShownTimes.Unit, _ reader: StoreReader) throws -> [Int64] {
        try inOrder(reader.places(of: condition, .within(unit.start..<unit.end), limit: .max, residual: residual).map(\.record))
    }

    private func inOrder(_ records: [Int64]) throws -> [Int64] {
        guard records.count > 1 else { return records }
        return try records.map { (record: $0, place: try pseudonyms.place(of: $0)) }.sorted { $0.place < $1.place }.map(\.record)
    }

    /// Takes records of a unit into the page; false if it is full then and goes on within the unit.
    private mutating func take(_ unit: ShownTimes.Unit, _ ordered: [Int64], after last: Int64?, _ limit: Int) throws -> Bool {
        let start =
            try last.map { last in
                let place = try pseudonyms.place(of: last)
                return try ordered.firstPosition { try pseudonyms.place(of: $0) > place }
            } ?? 0
        let room = limit - records.count
        records += ordered[start...].prefix(room)
        guard ordered.count - start > room else { return true }
        next = Cursor(time: unit.start, id: records.last!, isWithinUnit: true)
        rest = KnownOrder(unit: unit, records: ordered)
        return false
    }
}

extension [Int64] {
    /// The first position from which on a condition holds, which holds nowhere before.
    fileprivate func firstPosition(_ holds: (Int64) throws -> Bool) rethrows -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if try holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// The records of a unit of time in their order.
struct KnownOrder: Sendable {
    let unit: ShownTimes.Unit
    let records: [Int64]
}

/// Long units that are being paged through, so that not every page puts them in order again.
///
/// What no longer fulfils the query's condition is left out when the page is read; what came since shows when the query begins anew.
final class KnownOrders: Sendable {
    /// Shorter ones are put in order faster than it matters.
    private static let shortest = 5000
    /// 8 bytes each.
    private static let capacity = 4_000_000

    private let orders = Mutex<[(question: PageCache.Question, order: KnownOrder)]>([])

    func order(of question: PageCache.Question) -> KnownOrder? {
        orders.withLock { orders in orders.first { $0.question == question }?.order }
    }

    func keep(_ order: KnownOrder, of question: PageCache.Question) {
        guard order.records.count >= Self.shortest else { return }
        orders.withLock { orders in
            orders.removeAll { $0.question == question }
            orders.append((question, order))
            while orders.reduce(0, { $0 + $1.order.records.count }) > Self.capacity { orders.removeFirst() }
        }
    }

    func clear() { orders.withLock { $0 = [] } }
}
