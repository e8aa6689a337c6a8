import Foundation
import GRDB

extension StoreReader {
    /// Makes `residual` callable from SQL while `body` runs on this connection.
    func withResidual<R>(_ residual: Residual?, _ body: () throws -> R) throws -> R {
        guard let residual, let connection = db as? SQLiteConnection else { return try body() }
        let function = DatabaseFunction("vault_residual", argumentCount: 9) { values in
            guard let number = Int.fromDatabaseValue(values[0]),
                let uid = Data.fromDatabaseValue(values[1]).flatMap(Self.identifier),
                let subject = Int64.fromDatabaseValue(values[2]),
                let version = Int.fromDatabaseValue(values[6]), let purged = Int.fromDatabaseValue(values[7])
            else { return false }
            let body = Data.fromDatabaseValue(values[3]) ?? Data()
            let root = Int.fromDatabaseValue(values[4])
            let wrapped = Data.fromDatabaseValue(values[5])
            let keyVersion = Int.fromDatabaseValue(values[8]) ?? 0
            let key = root.flatMap { root in wrapped.map { WrappedKey(root: root, version: keyVersion, bytes: [UInt8]($0)) } }
            return try residual(number, SealedRow(uid: uid, subject: subject, body: [UInt8](body), key: key, redactionVersion: version, purged: purged))
        }
        connection.db.add(function: function)
        defer { connection.db.remove(function: function) }
        return try body()
    }

    private static func identifier(_ data: Data) -> UInt128? { data.count == 16 ? data.reduce(0) { $0 << 8 | UInt128($1) } : nil }
}
