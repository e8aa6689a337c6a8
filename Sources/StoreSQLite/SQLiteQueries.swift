import Foundation
import GRDB
import Store

extension SQLiteConnection {
    /// Makes `residual` callable from SQL while `body` runs.
    func deciding<R>(_ condition: StoredCondition, by residual: Residual?, _ body: (_ condition: StoredCondition, _ readsSealed: Bool) throws -> R) throws -> R {
        guard let residual else { return try body(condition, false) }
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
        db.add(function: function)
        defer { db.remove(function: function) }
        return try body(condition, true)
    }

    private static func identifier(_ data: Data) -> UInt128? { data.count == 16 ? data.reduce(0) { $0 << 8 | UInt128($1) } : nil }

    func page(_ request: PageRequest, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void) throws {
        try deciding(request.condition, by: residual) { _, readsSealed in
            try StoreReader(db: self).statedPage(request, readsSealed: readsSealed, chunk: chunk, take)
        }
    }

    func subjects(of condition: StoredCondition, limit: Int, residual: Residual?) throws -> Int {
        try deciding(condition, by: residual) { condition, readsSealed in
            let reader = StoreReader(db: self)
            // Read in its own order, where SQLite would go by an index.
            return try reader.countSubjects(of: condition, limit: limit, joins: readsSealed ? reader.sealedJoin : " NOT INDEXED")
        }
    }

    func groups(of request: AggregateRequest, withAtLeast minimum: Int) throws -> [CountedGroup]? {
        if minimum > 0, request.groupBy.isEmpty, request.contribution == nil {
            // The number of all rows is in every index.
            guard try subjects(of: request.condition, limit: minimum, residual: nil) == minimum else { return nil }
            return try groups(of: request, counting: .enough(0), residual: nil)
        }
        guard minimum == 0 || minimum <= 50 && gathers(request) else { return nil }
        let groups = try groups(of: request, counting: .enough(minimum), residual: nil)
        return groups.allSatisfy { $0.count >= minimum } ? groups : nil
    }

    /// Whether a ``GroupTable`` takes the request's rows.
    private func gathers(_ request: AggregateRequest) -> Bool { !request.groupBy.isEmpty && GroupTable.takes(request.measures) }

    func groups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup] {
        let reader = StoreReader(db: self)
        guard gathers(request) else { return try reader.statedGroups(of: request, counting: subjects, residual: residual) }
        return try deciding(request.condition, by: residual) { condition, readsSealed in
            try gathered(
                request, reader.rows(of: request, condition, readsSealed: readsSealed), counting: subjects,
                isScan: !readsSealed && request.contribution == nil && condition.isScan)
        }
    }
}
