import AuditLog

/// The database's log does not continue the one whose head was kept.
public struct LogFork: Error, Sendable, Equatable {
    public enum Reason: Sendable, Equatable {
        /// It ends before the kept head.
        case shorter
        /// It has other entries in the place of signed ones.
        case different
        /// It is the log of another vault.
        case foreign
        /// The file that keeps the head cannot be read.
        case damaged(path: String)
    }

    public var reason: Reason
    /// Number of entries in the log whose head was kept.
    public var kept: Int64
    /// Number of entries in the database's log.
    public var found: Int64

    package init(_ reason: Reason, kept: Int64, found: Int64) { (self.reason, self.kept, self.found) = (reason, kept, found) }
}

extension LogFork: CustomStringConvertible {
    public var description: String {
        let what =
            switch reason {
            case .shorter:
                "the audit log has \(found) entries, but \(kept) were signed: the database was rolled back, or replaced by a copy that lagged behind"
            case .different:
                "the audit log of \(found) entries does not continue the one of \(kept) that was signed: the database was replaced by a copy that went its own way"
            case .foreign: "the audit log is not the one whose head was kept here: this is the database of another vault"
            case .damaged(let path): "\(path), which keeps the head of the audit log, is damaged"
            }
        return "\(what); nothing is shown or stored until an officer decides: vocvault audit fork"
    }
}
