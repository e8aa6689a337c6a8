import Wire

/// Why something that is done in steps ended early, and what of it is done.
package struct Interrupted: Error, CustomStringConvertible {
    package var cause: any Error
    /// For the person who reads it.
    package var done: String

    package var description: String { "\(FileFault(cause)?.description ?? "\(cause)"); \(done)" }

    /// - Parameter count: how much is done; where it is nothing, the cause says all there is to say.
    static func error(_ cause: any Error, after count: Int, _ done: (Int) -> String) -> any Error {
        count > 0 ? Interrupted(cause: cause, done: done(count)) : cause
    }
}
