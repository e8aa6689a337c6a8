import GRDB
import GRDBSQLite
import Store

/// Lets statements of a connection ask the engine: `vault_residual(number, uid, subject, body, root, wrapped, redaction version, purged,
/// key version)` decides a part of a condition on a row.
final class ResidualFunction {
    private var residual: Residual?
    /// Why it could not decide.
    private var failure: (any Error)?

    init(_ db: GRDB.Database) throws {
        let code = sqlite3_create_function_v2(
            db.sqliteConnection, "vault_residual", 9, SQLITE_UTF8, Unmanaged.passRetained(self).toOpaque(),
            { context, count, arguments in
                Unmanaged<ResidualFunction>.fromOpaque(sqlite3_user_data(context)!).takeUnretainedValue()
                    .decide(UnsafeBufferPointer(start: arguments, count: Int(count)), context)
            }, nil, nil, { Unmanaged<ResidualFunction>.fromOpaque($0!).release() })
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Runs `body`, whose statements ask `residual`; what that throws, this throws.
    func deciding<R>(by residual: @escaping Residual, _ body: () throws -> R) throws -> R {
        (self.residual, failure) = (residual, nil)
        defer { self.residual = nil }
        do {
            return try body()
        } catch {
            throw failure ?? error
        }
    }

    private func decide(_ values: UnsafeBufferPointer<OpaquePointer?>, _ context: OpaquePointer?) {
        guard let residual else { return sqlite3_result_error_code(context, SQLITE_MISUSE) }
        guard let uid = Self.identifier(values[1]) else { return sqlite3_result_int(context, 0) }
        var key: WrappedKey?
        if sqlite3_value_type(values[4]) != SQLITE_NULL {
            key = WrappedKey(root: Self.integer(values[4]), version: Self.integer(values[8]), bytes: Self.bytes(values[5]))
        }
        let row = SealedRow(
            uid: uid, subject: sqlite3_value_int64(values[2]), body: Self.bytes(values[3]), key: key, redactionVersion: Self.integer(values[6]),
            purged: Self.integer(values[7]))
        do {
            sqlite3_result_int(context, try residual(Self.integer(values[0]), row) ? 1 : 0)
        } catch {
            failure = error
            sqlite3_result_error_code(context, SQLITE_ABORT)
        }
    }

    private static func integer(_ value: OpaquePointer?) -> Int { Int(sqlite3_value_int64(value)) }

    private static func raw(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: sqlite3_value_blob(value), count: Int(sqlite3_value_bytes(value)))
    }

    private static func bytes(_ value: OpaquePointer?) -> [UInt8] { [UInt8](raw(value)) }

    private static func identifier(_ value: OpaquePointer?) -> UInt128? {
        let bytes = raw(value)
        return bytes.count == 16 ? UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self)) : nil
    }
}
