import Store

/// Groups of rows with their measures, gathered row by row: a hash table of all groups at once.
///
/// SQLite's own GROUP BY sorts all rows first, which costs several times what reading them does. Distinct values are left
/// to it: sorted, they need no memory that grows with their number.
struct GroupTable {
    private struct Group {
        var hash: UInt64
        /// Where its key lies.
        var key: Range<Int>
        var rows: Int64 = 0
        var subjects = 0
        /// ``RecordSet/sum``
        var sum: UInt64 = 0
    }

    private let measures: [AggregateRequest.Measure]
    private let subjects: SubjectCounting
    private var groups: [Group] = []
    /// Of all groups, one after another: of each value a word that tells its kind and its length in bytes, then its bits.
    private var keys: [UInt64] = []
    /// Places of groups by hash; -1: none.
    private var slots = [Int32](repeating: -1, count: 64)
    /// Of each group, one after another.
    private var running: [RunningMeasure] = []
    /// With ``SubjectCounting/enough(_:)``, those seen of each group.
    private var few: [Int64] = []
    /// With all subjects counted, those seen, with the place of the group.
    private var seen = PairSet()
    /// The key of the row at hand.
    private var key: [UInt64] = []

    /// - Parameter measures: none of distinct values.
    init(_ measures: [AggregateRequest.Measure], _ subjects: SubjectCounting) {
        precondition(Self.takes(measures))
        (self.measures, self.subjects) = (measures, subjects)
    }

    static func takes(_ measures: [AggregateRequest.Measure]) -> Bool { measures.allSatisfy { $0.function != .distinct } }

    // MARK: Rows

    /// The kinds of values, as the words before them have them.
    private enum Kind {
        static let null: UInt64 = 0
        static let integer: UInt64 = 1
        static let real: UInt64 = 2
        static let text: UInt64 = 3
    }

    /// Begins with another row.
    mutating func beginKey() { key.removeAll(keepingCapacity: true) }

    mutating func addNull() { key.append(Kind.null) }

    mutating func add(_ value: Int64) {
        key.append(Kind.integer)
        key.append(UInt64(bitPattern: value))
    }

    mutating func add(_ value: Double) {
        key.append(Kind.real)
        // Both zeros are one value.
        key.append((value == 0 ? 0 : value).bitPattern)
    }

    /// - Parameter text: UTF-8.
    mutating func add(_ text: Span<UInt8>) {
        key.append(Kind.text | UInt64(text.count) << 8)
        var index = 0
        while index + 8 <= text.count {
            key.append(UInt64(littleEndian: text.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        guard index < text.count else { return }
        var word: UInt64 = 0
        for place in index..<text.count { word |= UInt64(text[place]) << UInt64((place - index) * 8) }
        key.append(word)
    }

    /// Counts the row at hand; returns the place of its group.
    ///
    /// - Parameters:
    ///   - subject: nil: it counts for nobody.
    ///   - mark: what the record adds to ``RecordSet/sum``.
    mutating func endRow(subject: Int64?, mark: UInt64 = 0) -> Int {
        let group = place()
        groups[group].rows += 1
        switch subjects {
        case .enough(let limit): if let subject { count(subject, of: group, upTo: limit) }
        case .all, .marked:
            if let subject, seen.insert(subject, Int32(group)) { groups[group].subjects += 1 }
            groups[group].sum &+= mark
        }
        return group
    }

    private mutating func count(_ subject: Int64, of group: Int, upTo limit: Int) {
        let count = groups[group].subjects
        guard count < limit, !few[group * limit..<group * limit + count].contains(subject) else { return }
        few[group * limit + count] = subject
        groups[group].subjects += 1
    }

    /// Takes a value of the row at hand into a measure of its group.
    mutating func add(_ value: StoredValue, to measure: Int, of group: Int) {
        running[group * measures.count + measure].add(value, measures[measure].function)
    }

    private func slot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1) }

    private mutating func place() -> Int {
        var hash: UInt64 = 0
        for word in key {
            let product = (hash ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            hash = product.high ^ product.low
        }
        var slot = slot(of: hash)
        while slots[slot] >= 0 {
            let group = Int(slots[slot])
            if groups[group].hash == hash, isKey(of: group) { return group }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(groups.count)
        groups.append(Group(hash: hash, key: keys.count..<keys.count + key.count))
        keys += key
        running.append(contentsOf: repeatElement(RunningMeasure(), count: measures.count))
        if case .enough(let limit) = subjects { few.append(contentsOf: repeatElement(0, count: limit)) }
        if groups.count * 2 > slots.count { grow() }
        return groups.count - 1
    }

    private func isKey(of group: Int) -> Bool {
        let range = groups[group].key
        guard range.count == key.count else { return false }
        for index in key.indices where keys[range.lowerBound + index] != key[index] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in groups.indices {
            var slot = slot(of: groups[index].hash)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    // MARK: Other rows

    /// Whether no sum depends on the order of its rows: those of fractions do, in the last digit.
    var isExact: Bool { running.allSatisfy(\.isExact) }

    /// Takes in the groups of other rows, gathered in the same way.
    mutating func merge(_ other: GroupTable) {
        var places: [Int32] = []
        for index in other.groups.indices {
            let group = other.groups[index]
            key.removeAll(keepingCapacity: true)
            key += other.keys[group.key]
            let place = place()
            places.append(Int32(place))
            groups[place].rows += group.rows
            groups[place].sum &+= group.sum
            for measure in measures.indices {
                running[place * measures.count + measure].merge(other.running[index * measures.count + measure], measures[measure].function)
            }
            if case .enough(let limit) = subjects {
                for subject in other.few[index * limit..<index * limit + group.subjects] { count(subject, of: place, upTo: limit) }
            }
        }
        other.seen.forEach { subject, group in
            if seen.insert(subject, places[Int(group)]) { groups[Int(places[Int(group)])].subjects += 1 }
        }
    }

    // MARK: Results

    /// The groups in the order of their keys, each with its number of distinct subjects as far as they were counted.
    ///
    /// - Parameter isWhole: whether the rows without a key are one group, even of no rows.
    mutating func rows(isWhole: Bool) -> [CountedGroup] {
        if isWhole, groups.isEmpty {
            beginKey()
            _ = place()
        }
        return groups.indices.map { index in
            let group = groups[index]
            var row = AggregateRow(
                group: values(group.key),
                measures: measures.indices.map { measure in
                    measures[measure].column == nil ? .integer(group.rows) : running[index * measures.count + measure].result(measures[measure].function)
                })
            switch subjects {
            case .enough: break
            case .all: row.subjects = group.subjects
            case .marked: (row.subjects, row.records) = (group.subjects, RecordSet(rows: group.rows, sum: group.sum))
            }
            return (row, group.subjects)
        }.sorted { $0.row.group.lexicographicallyPrecedes($1.row.group) { $0.precedes($1) } }
    }

    private func values(_ range: Range<Int>) -> [StoredValue] {
        var values: [StoredValue] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let header = keys[index]
            index += 1
            switch header & 0xFF {
            case Kind.null: values.append(.null)
            case Kind.integer:
                values.append(.integer(Int64(bitPattern: keys[index])))
                index += 1
            case Kind.real:
                values.append(.real(Double(bitPattern: keys[index])))
                index += 1
            default:
                let count = Int(header >> 8)
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: keys[index + $0 / 8] >> UInt64($0 % 8 * 8)) }
                values.append(.text(String(decoding: bytes, as: UTF8.self)))
                index += (count + 7) / 8
            }
        }
        return values
    }
}

/// A measure over the rows so far.
private struct RunningMeasure {
    /// Values that are not null.
    private var count: Int64 = 0
    private var integers: Int64 = 0
    /// The sum of integers and others as SQLite's `avg` has it.
    private var reals = 0.0
    /// Whether the sum is no integer: one of its values is none, or it is too large.
    private var isReal = false
    private var extreme = StoredValue.null

    mutating func add(_ value: StoredValue, _ function: AggregateRequest.Function) {
        if value == .null { return }
        count += 1
        switch function {
        case .count, .distinct: break
        case .average, .sum:
            switch value {
            case .integer(let integer):
                let (sum, overflow) = integers.addingReportingOverflow(integer)
                (integers, isReal) = (sum, isReal || overflow)
                reals += Double(integer)
            case .real(let real):
                isReal = true
                reals += real
            // As SQLite has it, what is no number counts as zero.
            case .text, .null: break
            }
        case .squares:
            guard case .integer(let integer) = value else { return }
            let (square, isLarge) = integer.multipliedReportingOverflow(by: integer)
            let (sum, overflow) = integers.addingReportingOverflow(square)
            (integers, isReal) = (sum, isReal || isLarge || overflow)
            reals += Double(integer) * Double(integer)
        case .minimum: if extreme == .null || value.precedes(extreme) { extreme = value }
        case .maximum: if extreme == .null || extreme.precedes(value) { extreme = value }
        }
    }

    var isExact: Bool { !isReal }

    mutating func merge(_ other: RunningMeasure, _ function: AggregateRequest.Function) {
        count += other.count
        let (sum, overflow) = integers.addingReportingOverflow(other.integers)
        (integers, isReal) = (sum, isReal || overflow)
        reals += other.reals
        guard other.extreme != .null else { return }
        let isBetter = function == .minimum ? other.extreme.precedes(extreme) : extreme.precedes(other.extreme)
        if extreme == .null || isBetter { extreme = other.extreme }
    }

    func result(_ function: AggregateRequest.Function) -> StoredValue {
        switch function {
        case .count, .distinct: .integer(count)
        case .average: count == 0 ? .null : .real(reals / Double(count))
        case .sum, .squares: count == 0 ? .null : isReal ? .real(reals) : .integer(integers)
        case .minimum, .maximum: extreme
        }
    }
}

/// A set of pairs of numbers, in as little memory as they need.
private struct PairSet {
    private var firsts = [Int64](repeating: 0, count: 1024)
    /// -1: there is no pair.
    private var seconds = [Int32](repeating: -1, count: 1024)
    private var count = 0

    private static func slot(_ first: Int64, _ second: Int32, _ size: Int) -> Int {
        let bits = (UInt64(bitPattern: first) ^ UInt64(UInt32(bitPattern: second)) << 40) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (bits ^ bits >> 29) >> 16) & (size - 1)
    }

    /// - Parameter second: not negative.
    /// - Returns: whether it was not there.
    mutating func insert(_ first: Int64, _ second: Int32) -> Bool {
        if count * 2 >= firsts.count { grow() }
        var slot = Self.slot(first, second, firsts.count)
        while seconds[slot] >= 0 {
            if firsts[slot] == first, seconds[slot] == second { return false }
            slot = (slot + 1) & (firsts.count - 1)
        }
        (firsts[slot], seconds[slot]) = (first, second)
        count += 1
        return true
    }

    func forEach(_ body: (Int64, Int32) -> Void) {
        for index in firsts.indices where seconds[index] >= 0 { body(firsts[index], seconds[index]) }
    }

    private mutating func grow() {
        let (oldFirsts, oldSeconds) = (firsts, seconds)
        firsts = Array(repeating: 0, count: oldFirsts.count * 2)
        seconds = Array(repeating: -1, count: oldFirsts.count * 2)
        count = 0
        for index in oldFirsts.indices where oldSeconds[index] >= 0 { _ = insert(oldFirsts[index], oldSeconds[index]) }
    }
}
