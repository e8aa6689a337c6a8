import VaultAPI

/// An operation that the engine performs.
public protocol PerformedOperation: VaultOperation {
    /// Authorizes it, performs it, and commits it with its audit entry, for the signed-in principal.
    func perform(in session: Session) throws -> Reply
}

extension Session {
    /// The one door: performs an operation, and returns its reply with the number of its audit entry.
    public func perform<O: PerformedOperation>(_ operation: O) throws -> Receipted<O.Reply> {
        forgetReceipt()
        let reply = try operation.perform(in: self)
        return Receipted(reply, Receipt(entry: lastReceipt))
    }

    /// Notices for the reply of an operation that deletes.
    var noticeOfTraces: String? { hasTraces ? DeletedTraces.notice : nil }
}
