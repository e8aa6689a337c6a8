import Foundation
import Store

/// What a role sees of all records, each value as a small number: read once, and asked for any combination of columns.
struct PrivacyTable {
    /// Values of one field in one form.
    struct Column {
        let field: String
        /// By record; nil stands for a record that has none.
        fileprivate(set) var values: [Int32] = []
        fileprivate(set) var count: Int32 = 0
        private var known: [StoredValue: Int32] = [:]

        init(_ field: String) { self.field = field }

        static let none: Int32 = -1

        mutating func append(_ value: StoredValue?) {
            guard let value, value != .null else { return values.append(Self.none) }
            if let number = known[value] { return values.append(number) }
            known[value] = count
            values.append(count)
            count += 1
        }

        /// The same in a coarser form.
        ///
        /// - Parameter form: of a value, by its number.
        func coarser(_ form: [Int32]) -> Column {
            var column = Column(field)
            column.values = values.map { $0 == Self.none ? Self.none : form[Int($0)] }
            column.count = (form.max() ?? -1) + 1
            return column
        }

        /// How much it tells of a record, in bits (Shannon).
        var entropy: Double {
            var counts = [Int](repeating: 0, count: Int(count) + 1)
            for value in values { counts[Int(value + 1)] += 1 }
            let all = Double(values.count)
            return counts.reduce(0) { sum, count in count == 0 ? sum : sum - Double(count) / all * log2(Double(count) / all) }
        }
    }

    /// Groups of records that are alike in some columns.
    struct Groups {
        /// Distinct customers of each.
        var customers: [Int32]
        /// Distinct values of the sensitive field in each; empty: none was named.
        var variety: [Int32]
    }

    /// Numbers of customers, by record.
    private var people: [Int32] = []
    private var known: [Int64: Int32] = [:]

    mutating func append(customer: Int64) {
        let number = known[customer] ?? Int32(known.count)
        known[customer] = number
        people.append(number)
    }

    var records: Int { people.count }
    var customers: Int { known.count }

    /// - Parameter cells: of each record, from ``cells(_:_:)``.
    func groups(_ cells: [Int32], count: Int, sensitive: Column?) -> Groups {
        Groups(customers: distinct(people, in: cells, count), variety: sensitive.map { distinct($0.values, in: cells, count) } ?? [])
    }

    /// Tells the records of each cell apart by one more column.
    ///
    /// - Returns: the number of each record's cell, ``Column/none`` where it lacks a value, and how many cells there are.
    func cells(_ cells: [Int32]?, _ column: Column) -> (cells: [Int32], count: Int) {
        guard let cells else { return (column.values, Int(column.count)) }
        var (pairs, split) = (PairNumbers(capacity: min(records, 1 << 16)), cells)
        for index in split.indices {
            let (cell, value) = (cells[index], column.values[index])
            split[index] = cell == Column.none || value == Column.none ? Column.none : pairs.number(cell, value)
        }
        return (split, pairs.count)
    }

    /// The customers in some of the cells.
    func members(of chosen: Set<Int32>, _ cells: [Int32]) -> Set<Int32> {
        var found: Set<Int32> = []
        for index in cells.indices where chosen.contains(cells[index]) { found.insert(people[index]) }
        return found
    }

    private func distinct(_ values: [Int32], in cells: [Int32], _ count: Int) -> [Int32] {
        var (pairs, numbers) = (PairNumbers(capacity: min(records, 1 << 16)), [Int32](repeating: 0, count: count))
        for index in cells.indices where cells[index] != Column.none {
            let before = pairs.count
            _ = pairs.number(cells[index], values[index])
            if pairs.count > before { numbers[Int(cells[index])] += 1 }
        }
        return numbers
    }
}

/// Numbers pairs in the order in which they come.
private struct PairNumbers {
    private var keys: [UInt64]
    private var numbers: [Int32]
    private(set) var count = 0
    /// No pair of numbers from -1 on.
    private static let empty = UInt64.max >> 1

    init(capacity: Int) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        (keys, numbers) = ([UInt64](repeating: Self.empty, count: size), [Int32](repeating: 0, count: size))
    }

    mutating func number(_ a: Int32, _ b: Int32) -> Int32 {
        let key = UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
        var slot = slot(of: key)
        while keys[slot] != Self.empty {
            if keys[slot] == key { return numbers[slot] }
            slot = (slot + 1) & (keys.count - 1)
        }
        (keys[slot], numbers[slot]) = (key, Int32(count))
        count += 1
        if count * 2 > keys.count { grow() }
        return Int32(count - 1)
    }

    private func slot(of key: UInt64) -> Int {
        let product = (key ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return Int(truncatingIfNeeded: product.high ^ product.low) & (keys.count - 1)
    }

    private mutating func grow() {
        let (former, values) = (keys, numbers)
        (keys, numbers) = ([UInt64](repeating: Self.empty, count: former.count * 2), [Int32](repeating: 0, count: former.count * 2))
        for index in former.indices where former[index] != Self.empty {
            var slot = slot(of: former[index])
            while keys[slot] != Self.empty { slot = (slot + 1) & (keys.count - 1) }
            (keys[slot], numbers[slot]) = (former[index], values[index])
        }
    }
}
