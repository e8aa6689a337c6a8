/// Names of snapshots: when they were taken, for people, and the size of the log that they hold.
///
/// A name proves nothing: what counts is the manifest, which is signed.
enum SnapshotName {
    /// - Parameter time: as RFC 3339 has it.
    static func name(time: String, size: Int64, attempt: Int) -> String {
        let time = String(time.filter { $0.isNumber || $0 == "T" }.prefix(15))
        return attempt == 1 ? "\(time)-\(size)" : "\(time).\(attempt)-\(size)"
    }

    static func size(_ name: String) -> Int64? { name.split(separator: "-").last.flatMap { Int64($0) } }
}
