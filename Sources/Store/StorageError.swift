/// Why the store cannot do what was asked, each with the file and what mends it.
public enum StorageError: Error, Equatable {
    case notFound(path: String)
    case alreadyExists(path: String)
    /// The file is not a vault's database.
    case notAVault(path: String)
    /// Written by a newer version of VoC Vault.
    case newerFormat(path: String)
    /// Written by an older version, which this one can bring up to date.
    case olderFormat(path: String, format: Int)
    /// Its tables are not those of any format.
    case damagedSchema(path: String, detail: String)
    case busy(path: String)
    case readOnly(path: String)
    case diskFull(path: String)
    case corrupt(path: String, detail: String)
    /// The rows of a table are not those that the vault wrote, all of them and no others.
    case altered(what: String)
    /// Anything else that the database on this machine says, by its result code; never with values of a statement.
    case failed(path: String, code: Int32, fault: Fault)
    /// What is asked for works with files, and the vault is in a database.
    case notFiles(database: String)
    /// Its data are in a database by now.
    case moved(path: String)
    /// A database into which a vault has not yet moved completely.
    case isMoving(database: String)
    /// What was moved is not what there was.
    case differs(table: String)
    /// An upgrade of a vault in a database, without the role that may do it.
    case needsOwner(ofKeys: Bool)
    /// The keys of the vault in this database lie in another one, or, the other way round, beside the data.
    case keysApart(database: String)
    case keysTogether(database: String)
    /// The key store is not as far as the vault has seen it, or as its data tell.
    case keysRolledBack(database: String)
    /// A server's address that cannot be used.
    case badAddress(reason: String)
    case unreachable(database: String, reason: String)
    /// The server is there, and does not let the vault in: password, certificate, database.
    case notAdmitted(database: String, reason: String)
    /// The connection broke while a change was committed: whether it was made shows when the database is back.
    case unknownOutcome(database: String)
    /// A role that is not there, or owns the tables itself.
    case noSuchRole(String)
    /// The role may not do it.
    case forbidden(database: String)
    /// A value that its column cannot hold or be compared with.
    case mismatch(database: String)
    /// Anything else that a server says, by its SQLSTATE; never with values of a statement.
    case refused(database: String, state: String, fault: Fault)

    /// What is at fault when a database says no more than a code.
    public enum Fault: Sendable, Equatable {
        case disk
        /// Memory, an operator's intervention, the system: it may be over by itself.
        case machine
        case program
    }
}

extension StorageError: CustomStringConvertible {
    /// Whether nothing can be written at present, while what is there can be read.
    public var isUnwritable: Bool {
        switch self {
        case .diskFull, .readOnly: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .notFound(let path):
            "no vault: \(path) does not exist; create one with 'vocvault init' or set VOCVAULT_HOME"
        case .alreadyExists(let path):
            "\(path) exists already; nothing was changed"
        case .notAVault(let path):
            "\(path) is not a VoC Vault database"
        case .newerFormat(let path):
            "\(path) was written by a newer version of VoC Vault; update this program"
        case .olderFormat(let path, let format):
            "\(path) has format \(format), and this program works with format \(StoredFormat.current.rawValue): back it up with the version that wrote it, then run 'vocvault upgrade'"
        case .damagedSchema(let path, let detail):
            "the tables of \(path) are not those of a vault: \(detail); restore it from a backup, or open it with the version that made it"
        case .busy(let path):
            "\(path) is locked by another process; try again when it has finished"
        case .readOnly(let path):
            "\(path) or its folder cannot be written; check owner, mode and that the disk is not mounted read-only"
        case .diskFull(let path):
            "the disk that holds \(path) is full"
        case .corrupt(let path, let detail):
            "\(path) is damaged (\(detail)); restore it from a backup"
        case .altered("audit_head"):
            "the end of the audit log, or what stands sealed beside it, is not what the vault wrote: somebody has changed or removed it"
        case .altered(let what):
            "the rows of '\(what)' are not those that the vault wrote: somebody has changed, added or removed some; see 'vocvault audit verify'"
        case .failed(let path, let code, .disk):
            "the disk that holds \(path) reports an error (result code \(code)); look at its health and the system's log"
        case .failed(let path, let code, _):
            "the database failed on \(path) with result code \(code)"
        case .notFiles(let database):
            "this vault is in the database \(database) already"
        case .moved(let path):
            "the vault of \(path) was moved to a database: open it again, or finish the move with 'vocvault migrate'"
        case .isMoving(let database):
            "the vault in \(database) is incomplete: run 'vocvault migrate' again"
        case .differs(let table):
            "the table \(table) in the database differs from the files; the vault stays in its files, and the next attempt starts over"
        case .needsOwner(let ofKeys):
            "the vault is in a database: name the role that owns its tables with --owner\(ofKeys ? ", and that of its keys' tables with --keys-owner" : "")"
        case .keysApart(let database):
            "the vault in \(database) has its keys in another database: name that with --keys-database"
        case .keysTogether(let database):
            "the vault in \(database) has its keys in the same database: leave out --keys-database"
        case .keysRolledBack(let database):
            "the keys in \(database) are older than the data: they were rolled back, or replaced by a copy that lagged behind; nothing is shown or stored until an officer decides: vocvault audit fork"
        case .badAddress(let reason):
            "the address of the database cannot be used: \(reason)"
        case .unreachable(let database, let reason):
            "the database \(database) cannot be reached: \(reason)"
        case .notAdmitted(let database, let reason):
            "the database \(database) does not let the vault in: \(reason)"
        case .unknownOutcome(let database):
            "the connection to the database \(database) was lost while a change was committed: check whether it was made before you repeat it"
        case .noSuchRole(let role):
            "the server has no role '\(role)' besides the one that owns the tables; create it with: CREATE ROLE \(role) LOGIN"
        case .forbidden(let database):
            "the role that the vault connects as may not do this in \(database); the tables' owner did not grant it"
        case .mismatch(let database):
            "a value does not fit the type of its column in \(database)"
        case .refused(let database, let state, _):
            "the database \(database) refused with SQLSTATE \(state)"
        }
    }
}
