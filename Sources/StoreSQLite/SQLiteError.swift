import GRDB
import Store

extension StorageError {
    /// Runs `body` and turns SQLite's errors into these.
    static func naming<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        }
    }

    /// Bytes without which nothing can be opened.
    private static let least: Int64 = 64 << 10

    init(_ error: DatabaseError, path: String) {
        // Not all that fails for want of room says so: an index of the write-ahead log that cannot grow is an error of the disk.
        let isOutOfRoom = [.SQLITE_IOERR, .SQLITE_CANTOPEN].contains(error.resultCode) && (DiskReserve.free(at: path).map { $0 < Self.least } ?? false)
        self = switch error.resultCode {
        case _ where isOutOfRoom: .diskFull(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .readOnly(path: path)
        case .SQLITE_FULL: .diskFull(path: path)
        case .SQLITE_NOTADB: .notAVault(path: path)
        case .SQLITE_CORRUPT: .corrupt(path: path, detail: "SQLite finds its pages damaged")
        // The one trigger there is: a move to a server leaves it behind.
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_TRIGGER: .moved(path: path)
        default: .failed(path: path, code: error.extendedResultCode.rawValue, fault: Fault(error.resultCode))
        }
    }
}

extension StorageError.Fault {
    fileprivate init(_ code: ResultCode) {
        self = switch code {
        case .SQLITE_IOERR: .disk
        case .SQLITE_NOMEM, .SQLITE_INTERRUPT, .SQLITE_PROTOCOL: .machine
        default: .program
        }
    }
}
