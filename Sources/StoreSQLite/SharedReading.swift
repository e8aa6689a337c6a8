import Store

/// Reading one snapshot on two connections at once.
///
/// SQLite lets no two connections share a snapshot as it is commonly built, but whoever changes the vault adds to its audit
/// log in the same transaction: two snapshots with a log of the same size are the same.
extension SQLiteConnection {
    /// Fewer records are read faster by one.
    static let worthSharing: Int64 = 16_384

    private func logSize() throws -> Int64? { try integer("SELECT size FROM audit_head") }

    /// A part of the records: a condition with one value, and that.
    struct Half: Sendable {
        let condition: String
        let middle: Int64
    }

    /// Runs `work` for the records up to the middle one and for those after it, the second half by a connection that is
    /// free, if it sees the same; nil when there are few.
    func halves<T: Sendable>(_ work: @escaping @Sendable (SQLiteConnection, _ half: Half) throws -> T) throws -> (T, T)? {
        guard let others, let size = try logSize(), let last = try integer("SELECT MAX(id) FROM record"),
            let first = try integer("SELECT MIN(id) FROM record"), last - first >= Self.worthSharing
        else { return nil }
        let middle = first + (last - first) / 2
        let (before, after) = (Half(condition: "r.id <= ?", middle: middle), Half(condition: "r.id > ?", middle: middle))
        let (openers, known) = (codeOpeners, try knowing?(self))
        let second = Pending<T?> {
            try others.lendIfFree { reader in
                try reader.read { other in
                    other.codeOpeners = openers
                    other.knowing = { _ in known }
                    return try other.openingCodes { try other.logSize() == size ? work(other, after) : nil }
                }
            } ?? nil
        }
        let half = try work(self, before)
        return (half, try second.get() ?? work(self, after))
    }
}
