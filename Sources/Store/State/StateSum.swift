/// What a set of rows adds up to: their number, and the sum of a secret 256-bit function of each, modulo 2^256.
///
/// A keyed multiset hash: MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh, "Incremental multiset hash functions and their
/// application to memory integrity checking", 2003. It changes with each row alone, in whatever order, and stands nowhere but sealed:
/// whoever saw sums could look for other rows that add up to the same.
package struct StateSum: Sendable, Equatable {
    package static let zero = StateSum()
    static let byteCount = 40

    package private(set) var count: Int64 = 0
    private var high: UInt128 = 0
    private var low: UInt128 = 0

    private init() {}

    /// Of one row.
    ///
    /// - Parameter element: the secret function of it: 32 bytes.
    package init(of element: [UInt8]) {
        precondition(element.count == 32)
        (count, high, low) = element.withUnsafeBytes { bytes in
            (1, UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self)), UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt128.self)))
        }
    }

    package static func += (sum: inout StateSum, other: StateSum) {
        let (low, carries) = sum.low.addingReportingOverflow(other.low)
        (sum.low, sum.high) = (low, sum.high &+ other.high &+ (carries ? 1 : 0))
        sum.count &+= other.count
    }

    package static func -= (sum: inout StateSum, other: StateSum) {
        let (low, borrows) = sum.low.subtractingReportingOverflow(other.low)
        (sum.low, sum.high) = (low, sum.high &- other.high &- (borrows ? 1 : 0))
        sum.count &-= other.count
    }

    fileprivate func append(to output: inout [UInt8]) {
        withUnsafeBytes(of: count.bigEndian) { output.append(contentsOf: $0) }
        for half in [high, low] { withUnsafeBytes(of: half.bigEndian) { output.append(contentsOf: $0) } }
    }

    fileprivate init(bytes: ArraySlice<UInt8>) {
        func number<T: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> T { bytes.reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) } }
        let start = bytes.startIndex
        (count, high, low) = (number(bytes[start..<start + 8]), number(bytes[start + 8..<start + 24]), number(bytes[start + 24..<start + 40]))
    }
}

/// What the rows of each table add up to, by the table's number; no rows: zero.
package struct StateSums: Sendable, Equatable {
    private var sums: [UInt8: StateSum] = [:]

    package init() {}

    package subscript(table: StateTable) -> StateSum {
        get { sums[table.number] ?? .zero }
        set { sums[table.number] = newValue == .zero ? nil : newValue }
    }

    static func + (some: StateSums, changes: StateSums) -> StateSums {
        var all = some
        for (number, sum) in changes.sums {
            var total = all.sums[number] ?? .zero
            total += sum
            all.sums[number] = total == .zero ? nil : total
        }
        return all
    }

    var isZero: Bool { sums.isEmpty }

    /// A byte and 40 for each table, ascending: its number; the number of its rows as 8 bytes; the sum as 32, big-endian.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        for number in sums.keys.sorted() {
            output.append(number)
            sums[number]!.append(to: &output)
        }
        return output
    }

    /// Reads what ``bytes`` gave; nil for anything else.
    package init?(bytes: ArraySlice<UInt8>) {
        let length = 1 + StateSum.byteCount
        guard bytes.count % length == 0 else { return nil }
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: length) {
            sums[bytes[start]] = StateSum(bytes: bytes[(start + 1)..<(start + length)])
        }
        guard self.bytes == Array(bytes) else { return nil }
    }
}
