/// What a full disk still gives.
public enum Room: Sendable {
    /// What emptying the write-ahead logs gives back.
    case ordinary
    /// The reserve as well: for what must not fail because the disk is full, such as an erasure.
    case reserve
}

extension Database {
    /// Where the disk is not ours to look after.
    func withRoom<R>(_ room: Room, _ body: () throws -> R) throws -> R { try body() }
}
