/// A database that transactions run on: files, or a database of a server.
package protocol Database: Sendable {
    /// What errors name: a file, or a server and a database on it.
    var name: String { get }
    /// Whether it lies in files that can be copied.
    var isInFiles: Bool { get }
    /// Whether nothing can be written to it.
    var isReadOnly: Bool { get }
    /// Whether the keys of the data in it have a database of their own, which can be rolled back, or lag behind, without the data.
    var hasKeysApart: Bool { get }
    /// Runs `body` on a snapshot that no writer disturbs.
    func read<R>(_ body: (any Connection) throws -> R) throws -> R
    /// Runs `body` on a connection of its own, without a transaction, for single rows that are wanted without delay.
    func lookUp<R>(_ body: (any Connection) throws -> R) throws -> R
    /// Gives `body` the one connection that writes; it may begin one transaction after the other.
    func withWriter<R>(_ body: (any WritingConnection) throws -> R) throws -> R
    /// Runs `body`; errors of the database come out as ``StorageError``.
    func naming<R>(_ body: () throws -> R) throws -> R
    /// Has `body` look at each connection that is made from now on, before it is used: it may be to another server, which took
    /// over. Files stay the same.
    ///
    /// - Parameter part: whose tables `body` looks at.
    func check(connections body: @escaping @Sendable (any Connection) throws -> Void, reading part: VaultPart)
    /// Keeps the write-ahead log short while writing goes on, where that is ours to do.
    func checkpoint() throws
    /// Empties the write-ahead log, so that no byte of deleted rows stays in it, where that is ours to do.
    ///
    /// - Parameter patience: how long it waits for readers and writers of other processes.
    func truncateLog(patience: Duration) throws
    /// Runs `body`, again where the disk is full and room can be made: what it captures must not remember a first time.
    func withRoom<R>(_ room: Room, _ body: () throws -> R) throws -> R
    /// Reads every page, where they are ours to look after: what is wrong with pages and indexes.
    func damage() throws -> [String]
    /// How much it holds.
    func size() throws -> DatabaseSize
    /// What a server makes of commits; nil of files, where it is ours to see to.
    func durability() throws -> ServerDurability?
}

/// Bytes of a database, and of the write-ahead log beside it, where that is ours to look after.
package struct DatabaseSize: Sendable {
    package var bytes: Int64
    package var logBytes: Int64

    package init(bytes: Int64, logBytes: Int64) { (self.bytes, self.logBytes) = (bytes, logBytes) }
}

/// A connection that can change something.
package protocol WritingConnection: Connection {
    /// Whether anybody else may have changed the database since this was asked last; within a transaction.
    func mayHaveChanged() throws -> Bool
    /// Runs `body` in a transaction that no other process writes beside; durable when this returns, undone when it throws.
    func transaction<R>(_ body: () throws -> R) throws -> R
    /// Runs `body`; when it throws, what it did is undone, and the transaction goes on.
    ///
    /// - Throws: when the transaction itself is lost; what `body` throws is for it to keep.
    func undoable(_ body: () throws -> Void) throws -> (any Error)?
}

extension Database {
    /// Runs `body` in a transaction of its own.
    package func write<R>(_ room: Room = .ordinary, _ body: (any Connection) throws -> R) throws -> R {
        try withRoom(room) { try naming { try withWriter { connection in try connection.transaction { try body(connection) } } } }
    }
}
