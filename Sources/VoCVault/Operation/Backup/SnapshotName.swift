/// Names of snapshots: when they were taken, for people, and the size of their log.
///
/// A name proves nothing. What counts is the manifest, which is signed.
enum SnapshotName {
    /// - Parameter time: in RFC 3339 form.
    static func name(time: String, size: Int64, attempt: Int) -> String {
        let time = String(time.filter { $0.isNumber || $0 == "T" }.prefix(15))
        return attempt == 1 ? "\(time)-\(size)" : "\(time).\(attempt)-\(size)"
    }

    static func size(_ name: String) -> Int64? { name.split(separator: "-").last.flatMap { Int64($0) } }
}
