import Wire

/// Why an operation in several steps ended early, and how much of it is done.
package struct Interrupted: Error, CustomStringConvertible {
    package var cause: any Error
    /// For the person who reads it.
    package var done: String

    package var description: String { "\(FileFault(cause)?.description ?? "\(cause)"); \(done)" }

    /// - Parameter count: how much is done. If nothing is, the cause says everything.
    static func error(_ cause: any Error, after count: Int, _ done: (Int) -> String) -> any Error {
        count > 0 ? Interrupted(cause: cause, done: done(count)) : cause
    }
}
