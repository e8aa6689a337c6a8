import Foundation
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension FileFault {
    /// The cause of a Foundation error, whose own words name a domain and a number and may contain anything.
    ///
    /// - Parameter path: the file, if the error does not name it.
    /// - Returns: nil for an error that does not come from the system.
    package init?(_ error: any Error, path: String? = nil) {
        if let fault = error as? FileFault {
            self = fault
            return
        }
        let error = error as NSError
        guard let (step, code) = Self.meaning(of: error) else { return nil }
        let named = error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        self.init(path ?? named ?? "a file", step, code)
    }

    private static func meaning(of error: NSError) -> (Step, Int32)? {
        if error.domain == NSPOSIXErrorDomain { return (.write, Int32(error.code)) }
        guard error.domain == NSCocoaErrorDomain else { return nil }
        // The codes for reading are lower than those for writing.
        let step = error.code < CocoaError.Code.fileWriteUnknown.rawValue ? Step.read : .write
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain { return (step, Int32(cause.code)) }
        let code = switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
        case .fileReadNoPermission, .fileWriteNoPermission: EACCES
        case .fileWriteOutOfSpace: ENOSPC
        case .fileWriteVolumeReadOnly: EROFS
        case .fileWriteFileExists: EEXIST
        default: EIO
        }
        return (step, code)
    }
}

extension Error {
    /// Whether a file could not be written because its disk is full.
    package var meansFullDisk: Bool { FileFault(self)?.isDiskFull ?? false }
}
