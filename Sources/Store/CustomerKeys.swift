/// How the keys of the data's customers are found: beside the data, where one statement reads both, or in a database of their own.
package protocol CustomerKeys: Sendable {
    /// What a statement reads of the key of `record r`, with ``join``: the number of its root key, and the wrapped key.
    var columns: String { get }
    /// A key that is not where it belongs is missing then, and does not make the record disappear.
    var join: String { get }
    /// The keys of customers, by customer and version; nil where statements read them with the rows.
    func wrappedKeys(of subjects: @autoclosure () -> Set<Int64>) throws -> [KeyPlace: WrappedKey]?
    /// The version of the customers' keys that are made now.
    func currentVersion(_ data: any Connection) throws -> Int
    /// How many living customers of the data have no key.
    func customersWithoutKey(_ data: any Connection) throws -> Int64
    /// How many records there are whose key is gone, though it is not about to go with its customer.
    func recordsWithoutKey(_ data: any Connection) throws -> Int64
    /// Customers who have a key and no row.
    func subjectsOfKeysOnly(_ data: any Connection) throws -> [Int64]
}

/// Which key of a customer.
package struct KeyPlace: Hashable, Sendable {
    package var subject: Int64
    package var version: Int

    package init(subject: Int64, version: Int) { (self.subject, self.version) = (subject, version) }
}

/// Keys beside the data, in a schema `keystore` of the same connection.
package struct KeysBeside: CustomerKeys {
    package init() {}

    package var columns: String { "k.root, k.wrapped" }

    package var join: String { " LEFT JOIN keystore.subject_key k ON k.subject = r.subject AND k.version = r.key_version" }

    package func wrappedKeys(of subjects: @autoclosure () -> Set<Int64>) -> [KeyPlace: WrappedKey]? { nil }

    package func currentVersion(_ data: any Connection) throws -> Int { Int(try data.integer("SELECT version FROM keystore.subject_key_state")!) }

    package func customersWithoutKey(_ data: any Connection) throws -> Int64 {
        try data.integer("SELECT COUNT(*) FROM subject WHERE erased_at IS NULL AND id NOT IN (SELECT subject FROM keystore.subject_key WHERE version > 0)")!
    }

    package func recordsWithoutKey(_ data: any Connection) throws -> Int64 {
        let sql = """
            SELECT COUNT(*) FROM record r\(join)
            WHERE k.subject IS NULL AND r.subject NOT IN (SELECT subject FROM pending_key_erasure)
            """
        return try data.integer(sql)!
    }

    package func subjectsOfKeysOnly(_ data: any Connection) throws -> [Int64] {
        try data.rows("SELECT DISTINCT k.subject FROM keystore.subject_key k LEFT JOIN subject u ON u.id = k.subject WHERE u.id IS NULL ORDER BY 1") {
            $0.integer(0)
        }
    }
}

extension StoreReader {
    /// What is read beside `record r`: `sealed s`, `coded c`, and the key that opens them. What is not where it belongs is missing then,
    /// and does not make the record disappear.
    package func joins(sealed: Bool, codes: Bool) -> String {
        (sealed ? " LEFT JOIN sealed s ON s.record = r.id AND s.subject = r.subject" : "")
            + (codes ? " LEFT JOIN coded c ON c.record = r.id AND c.subject = r.subject" : "") + (sealed || codes ? db.customerKeys.join : "")
    }
}
