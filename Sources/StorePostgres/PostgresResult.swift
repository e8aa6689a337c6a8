import CPostgres
import Store

/// Rows of a query, all values in PostgreSQL's binary format.
final class PostgresResult {
    fileprivate let handle: OpaquePointer

    init(_ handle: OpaquePointer?) throws {
        guard let handle, [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(handle)) else {
            defer { PQclear(handle) }
            throw PostgresError(handle)
        }
        self.handle = handle
    }

    deinit { PQclear(handle) }

    var count: Int { Int(PQntuples(handle)) }

    /// Rows that a statement changed.
    var changed: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// - Returns: whether `body` never returned false.
    func forEachRow(_ body: (any Row) throws -> Bool) throws -> Bool {
        for index in 0..<PQntuples(handle) where try !body(PostgresRow(result: self, index: index)) { return false }
        return true
    }
}

private struct PostgresRow: Row {
    let result: PostgresResult
    let index: Int32

    /// Object ids of types (`pg_type.dat`).
    private enum ColumnType: UInt32 {
        case bool = 16
        case bytea = 17
        case int8 = 20
        case int2 = 21
        case int4 = 23
        case text = 25
        case float4 = 700
        case float8 = 701
        case numeric = 1700
    }

    private func type(_ column: Int) -> ColumnType? { ColumnType(rawValue: PQftype(result.handle, Int32(column))) }

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.handle, index, Int32(column)) == 1 }

    private func raw(_ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: PQgetvalue(result.handle, index, Int32(column)), count: Int(PQgetlength(result.handle, index, Int32(column))))
    }

    func integer(_ column: Int) -> Int64 {
        let bytes = raw(column)
        guard !bytes.isEmpty else { return 0 }
        switch type(column) {
        case .bool: return bytes[0] == 0 ? 0 : 1
        case .int2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case .int4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case .int8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case .float4, .float8: return Int64(real(column))
        case .numeric:
            let number = PostgresNumeric(bytes)
            return number.whole ?? Int64(number.value)
        case .text, .bytea, nil: return 0
        }
    }

    private func real(_ column: Int) -> Double {
        let bytes = raw(column)
        return switch type(column) {
        case .float4: Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
        case .float8: Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
        case .numeric: PostgresNumeric(bytes).value
        default: Double(integer(column))
        }
    }

    func bytes(_ column: Int) -> [UInt8] { [UInt8](raw(column)) }

    func append(_ column: Int, to output: inout [UInt8]) { output.append(contentsOf: raw(column)) }

    func identifier(_ column: Int) -> UInt128 {
        let bytes = raw(column)
        return bytes.count == 16 ? UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self)) : 0
    }

    func text(_ column: Int) -> String { String(decoding: raw(column), as: UTF8.self) }

    func value(_ column: Int) -> StoredValue {
        guard !isNull(column) else { return .null }
        return switch type(column) {
        case .bool, .int2, .int4, .int8: .integer(integer(column))
        case .float4, .float8: .real(real(column))
        case .numeric: PostgresNumeric(raw(column)).whole.map { .integer($0) } ?? .real(real(column))
        case .text: .text(text(column))
        case .bytea, nil: .null
        }
    }
}

/// A `numeric` in binary: digits to the base 10,000 (`src/backend/utils/adt/numeric.c`, `numeric_send`).
private struct PostgresNumeric {
    /// As near as a floating-point number comes.
    var value = 0.0
    /// Exactly, where it has no places behind the point and no more than 64 bits, as sums of integers.
    var whole: Int64?

    init(_ bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> Int { Int(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: Int16.self))) }
        let (count, weight, sign, scale) = (word(0), word(1), word(2), word(3))
        let isNegative = sign == 0x4000
        whole = scale == 0 ? 0 : nil
        for index in 0..<max(count, weight + 1) {
            let digit = index < count ? word(4 + index) : 0
            value = value * 10_000 + Double(digit)
            whole = whole.flatMap { Self.extended($0, by: Int64(isNegative ? -digit : digit)) }
        }
        for _ in 0..<max(0, count - weight - 1) { value /= 10_000 }
        if isNegative { value = -value }
    }

    private static func extended(_ number: Int64, by digit: Int64) -> Int64? {
        let (shifted, overflows) = number.multipliedReportingOverflow(by: 10_000)
        let (sum, isOver) = shifted.addingReportingOverflow(digit)
        return overflows || isOver ? nil : sum
    }
}
