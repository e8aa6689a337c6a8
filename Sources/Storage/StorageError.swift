/// Why the store cannot do what was asked, each with the file and what mends it.
public enum StorageError: Error, Equatable {
    case notFound(path: String)
    case alreadyExists(path: String)
    /// The file is not a vault's database.
    case notAVault(path: String)
    /// Written by a newer version of VoC Vault.
    case newerFormat(path: String)
    case busy(path: String)
    case readOnly(path: String)
    case diskFull(path: String)
    case corrupt(path: String, detail: String)
    /// Anything else SQLite says, by its result code; never with values of a statement.
    case failed(path: String, code: Int32)
    /// What is asked for works with files, and the vault is in a database.
    case notFiles(database: String)
    /// Its data are in a database by now.
    case moved(path: String)
    /// A database into which a vault has not yet moved completely.
    case isMoving(database: String)
    /// What was moved is not what there was.
    case differs(table: String)
    /// A server's address that cannot be used.
    case badAddress(reason: String)
    case unreachable(database: String, reason: String)
    /// A role that is not there, or owns the tables itself.
    case noSuchRole(String)
    /// The role may not do it.
    case forbidden(database: String)
    /// A value that its column cannot hold or be compared with.
    case mismatch(database: String)
    /// Anything else PostgreSQL says, by its SQLSTATE; never with values of a statement.
    case refused(database: String, state: String)
}

extension StorageError: CustomStringConvertible {
    /// SQLITE_IOERR.
    private static let ioError: Int32 = 10

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
        case .busy(let path):
            "\(path) is locked by another process; try again when it has finished"
        case .readOnly(let path):
            "\(path) or its folder cannot be written; check owner, mode and that the disk is not mounted read-only"
        case .diskFull(let path):
            "the disk that holds \(path) is full"
        case .corrupt(let path, let detail):
            "\(path) is damaged (\(detail)); restore it from a backup"
        case .failed(let path, let code) where code & 0xFF == Self.ioError:
            "the disk that holds \(path) reports an error (SQLite's result code \(code)); look at its health and the system's log"
        case .failed(let path, let code):
            "SQLite failed on \(path) with result code \(code)"
        case .notFiles(let database):
            "this vault is in the database \(database) already"
        case .moved(let path):
            "the vault of \(path) was moved to a database: open it anew, or finish the move with 'vocvault migrate'"
        case .isMoving(let database):
            "the vault in \(database) is incomplete: go on with 'vocvault migrate'"
        case .differs(let table):
            "the table \(table) in the database is not what the files have; the vault stays in its files, and the next attempt begins anew"
        case .badAddress(let reason):
            "the address of the database cannot be used: \(reason)"
        case .unreachable(let database, let reason):
            "the database \(database) cannot be reached: \(reason)"
        case .noSuchRole(let role):
            "the server has no role '\(role)' besides the one that owns the tables; create it with: CREATE ROLE \(role) LOGIN"
        case .forbidden(let database):
            "the role that the vault connects as may not do this in \(database); the tables' owner did not grant it"
        case .mismatch(let database):
            "a value does not fit the type of its column in \(database)"
        case .refused(let database, let state):
            "the database \(database) refused with SQLSTATE \(state)"
        }
    }
}
