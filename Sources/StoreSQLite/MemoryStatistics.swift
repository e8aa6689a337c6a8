import CSQLite

/// SQLite's count of the memory it uses, which nobody reads.
enum MemoryStatistics {
    /// Switched off once per process; SQLite refuses it when somebody else has opened a database before, and then counts on.
    static let areOff: Bool = voc_sqlite_forgo_statistics() == SQLITE_OK
}
