extension StorageError {
    /// What an error means for whoever asked, on the vault's own machine or over the network.
    public enum Meaning: Sendable, Equatable {
        /// The database is away, locked or cannot be written; nothing was changed, and the same request may succeed after so
        /// many seconds.
        case unavailable(retryAfter: Int)
        /// No room is left where it lies; nothing was changed.
        case full
        /// Whether a change was made is not known.
        case unknownOutcome
        /// The request asks for what cannot be.
        case invalid
        /// Stored bytes are not what the vault wrote.
        case integrity
        /// A mistake of the set-up or of the program.
        case failed
    }

    /// Seconds until a lock or a restart may be over, and until somebody may have mended what somebody must.
    private static let (soon, later) = (5, 60)

    public var meaning: Meaning {
        switch self {
        case .busy, .unreachable: .unavailable(retryAfter: Self.soon)
        case .readOnly, .notAdmitted, .moved, .isMoving: .unavailable(retryAfter: Self.later)
        case .diskFull: .full
        case .unknownOutcome: .unknownOutcome
        case .mismatch, .badAddress: .invalid
        case .corrupt, .altered, .differs, .keysRolledBack: .integrity
        case .failed(_, _, let fault), .refused(_, _, let fault): fault == .program ? .failed : .unavailable(retryAfter: Self.later)
        case .notFound, .alreadyExists, .notAVault, .newerFormat, .olderFormat, .damagedSchema, .notFiles, .needsOwner, .keysApart, .keysTogether, .noSuchRole, .forbidden: .failed
        }
    }

    /// What is wrong, in a few words without path or address, for whoever is not on the vault's own machine.
    public var cause: String {
        switch self {
        case .notFound: "the database is not there"
        case .alreadyExists: "the database exists already"
        case .notAVault: "the database is not a vault's"
        case .newerFormat: "the database was written by a newer version of the vault"
        case .olderFormat: "the database was written by an older version of the vault and must be upgraded"
        case .damagedSchema: "the database's tables are not a vault's"
        case .keysApart: "the vault's keys are in another database"
        case .keysTogether: "the vault's keys are in the same database"
        case .keysRolledBack: "the keys are older than the data: an officer decides (vocvault audit fork)"
        case .needsOwner: "the role that owns the database's tables is needed"
        case .busy: "the database is locked by another process"
        case .readOnly: "the database cannot be written"
        case .diskFull: "the disk that holds the database is full"
        case .corrupt, .differs: "the database is damaged"
        case .altered(let what): "rows of '\(what)' were changed, added or removed by somebody other than the vault"
        case .failed(_, let code, _): "the database failed with result code \(code)"
        case .notFiles: "the vault is in a database already"
        case .moved: "the vault was moved to another database; its processes must be restarted"
        case .isMoving: "the vault's move to this database has not ended"
        case .badAddress: "the address of the database cannot be used"
        case .unreachable: "the database cannot be reached"
        case .notAdmitted: "the database does not let the vault in"
        case .unknownOutcome: "the connection to the database was lost while a change was committed"
        case .noSuchRole: "the database has no such role"
        case .forbidden: "the database does not let the vault do this"
        case .mismatch: "a value does not fit the type of its field"
        case .refused(_, let state, _): "the database refused with SQLSTATE \(state)"
        }
    }
}
