import VaultAPI

/// An operation that the engine carries out.
public protocol PerformedOperation: VaultOperation {
    /// Authorizes it, does it, and commits it with its audit entry, for whoever has signed in.
    func perform(in session: Session) throws -> Reply
}

extension Session {
    /// The one door: does an operation, and tells in which audit entry it stands.
    public func perform<O: PerformedOperation>(_ operation: O) throws -> Receipted<O.Reply> {
        forgetReceipt()
        let reply = try operation.perform(in: self)
        return Receipted(reply, Receipt(entry: lastReceipt))
    }

    /// What is to be said with the reply of an operation that deletes.
    var noticeOfTraces: String? { hasTraces ? DeletedTraces.notice : nil }
}
