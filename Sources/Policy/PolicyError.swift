/// What is wrong in the policy files: every problem found, each with file, line and key.
public struct PolicyError: Error, CustomStringConvertible, Equatable {
    public struct Problem: CustomStringConvertible, Equatable, Sendable {
        /// Path as given to the loader.
        public var file: String
        /// Counted from 1; 0 stands for the whole file.
        public var line: Int
        public var message: String

        public init(file: String, line: Int, message: String) {
            (self.file, self.line, self.message) = (file, line, message)
        }

        public var description: String {
            line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)"
        }
    }

    public var problems: [Problem]

    public init(_ problems: [Problem]) { self.problems = problems }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A place in the policy files; every decision's explanation names one.
public struct Place: Sendable, Equatable, CustomStringConvertible {
    public var file: String
    public var line: Int

    public init(file: String, line: Int) { (self.file, self.line) = (file, line) }

    public var description: String { "\(file):\(line)" }

    /// Without the folder, as explanations and the audit log show it.
    public var short: String { "\(file.split(separator: "/").last ?? ""):\(line)" }
}
