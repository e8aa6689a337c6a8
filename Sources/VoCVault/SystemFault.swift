import Foundation

/// An error of the system, in words for the person who reads it.
///
/// Foundation's own name a domain and a number, and may hold anything.
public struct SystemFault: Error, Equatable, CustomStringConvertible {
    /// The file that it is about, where that is known.
    public var path: String?
    /// The system's number (errno); 0: unknown.
    public var code: Int32

    public init(path: String?, code: Int32) { (self.path, self.code) = (path, code) }

    /// nil when the error is none of the system's.
    public init?(_ error: any Error, path: String? = nil) {
        if let fault = error as? SystemFault {
            self = fault
            return
        }
        let error = error as NSError
        guard let code = Self.code(of: error) else { return nil }
        let named = error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        self.init(path: path ?? named, code: code)
    }

    private static func code(of error: NSError) -> Int32? {
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        guard error.domain == NSCocoaErrorDomain else { return nil }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain { return Int32(cause.code) }
        return switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
        case .fileReadNoPermission, .fileWriteNoPermission: EACCES
        case .fileWriteOutOfSpace: ENOSPC
        case .fileWriteVolumeReadOnly: EROFS
        case .fileWriteFileExists: EEXIST
        default: 0
        }
    }

    public var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }

    public var description: String {
        let file = path ?? "a file"
        return switch code {
        case ENOSPC: path.map { "the disk that holds \($0) is full" } ?? "the disk is full"
        case EDQUOT: "\(file) cannot be written: the quota of the disk is used up"
        case EROFS: "\(file) cannot be written: its disk is mounted read-only"
        case EACCES, EPERM: "\(file) cannot be read or written: check its owner and mode"
        case ENOENT: "\(file) does not exist"
        case EEXIST: "\(file) exists already"
        case ENOTDIR: "\(file) is in no folder"
        case EISDIR: "\(file) is a folder"
        case EMFILE, ENFILE: "\(file) cannot be opened: too many files are open"
        case 0: "\(file) cannot be read or written"
        case EPIPE: "what reads the output has ended"
        default: "\(file) cannot be read or written: \(String(cString: strerror(code)))"
        }
    }
}
