/// What a full disk still gives.
package enum Room: Sendable {
    /// What emptying the write-ahead logs gives back.
    case ordinary
    /// The reserve as well: for what must not fail because the disk is full, such as an erasure.
    case reserve
}
