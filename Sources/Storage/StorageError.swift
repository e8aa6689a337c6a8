import Foundation
import GRDB

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

    /// Runs `body` and turns SQLite's errors into these.
    static func naming<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        }
    }

    init(_ error: DatabaseError, path: String) {
        self = switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .readOnly(path: path)
        case .SQLITE_FULL: .diskFull(path: path)
        case .SQLITE_NOTADB: .notAVault(path: path)
        case .SQLITE_CORRUPT: .corrupt(path: path, detail: "SQLite finds its pages damaged")
        default: .failed(path: path, code: error.extendedResultCode.rawValue)
        }
    }
}

extension StorageError: CustomStringConvertible {
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
            "the disk that holds \(path) is full; nothing of this step was stored"
        case .corrupt(let path, let detail):
            "\(path) is damaged (\(detail)); restore it from a backup"
        case .failed(let path, let code):
            "SQLite failed on \(path) with result code \(code)"
        }
    }
}
