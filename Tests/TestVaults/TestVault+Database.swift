import Foundation
import GRDB
import Testing

extension TestVault {
    /// Changes rows past the vault, as the database's administrator could; returns how many.
    ///
    /// - Parameter file: `vault.db` or `keystore.db`, or the schema that stands for it in PostgreSQL.
    @discardableResult
    public func alter(_ sql: String, in file: String = "vault.db") throws -> Int {
        if let database {
            let schema = file == "vault.db" ? "vault" : "keystore"
            let said = try TestServer.run("SET search_path = \(schema); \(TestServer.translated(sql))", in: database)
            return said.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
        }
        let queue = try DatabaseQueue(path: folder.appendingPathComponent("vault/\(file)").path)
        defer { try? queue.close() }
        return try queue.write { db in
            try db.execute(sql: sql)
            return db.changesCount
        }
    }

    /// A column of bytes, read past the vault.
    public func column(_ sql: String, of file: String = "vault.db") throws -> [Data] {
        if let database {
            let schema = file == "vault.db" ? "vault" : "keystore"
            let rows = try TestServer.run("SET search_path = \(schema); SELECT encode(bytes, 'hex') FROM (\(sql)) rows (bytes)", in: database)
            return rows.split(separator: "\n").dropFirst().map { TestServer.bytes($0) }
        }
        return try DatabaseQueue(path: folder.appendingPathComponent("vault/\(file)").path).read { try Data.fetchAll($0, sql: sql) }
    }
}

extension Trait where Self == ConditionTrait {
    /// For what can be seen, or is there, with SQLite's files only.
    public static var onFiles: Self { .enabled(if: !TestServer.isThere, "the data are in a server") }
    /// For what needs a PostgreSQL server.
    public static var onServer: Self { .enabled(if: TestServer.isThere, "runs beside a server: .ci/with-postgres swift test") }
}
