import Foundation
import Store

/// The PostgreSQL server that `.ci/with-postgres` started for the tests, where it did.
public enum TestServer {
    /// Folder of its socket.
    public static let folder = ProcessInfo.processInfo.environment["VOCVAULT_TEST_POSTGRES"]

    public static var isThere: Bool { folder != nil }

    /// Whether vaults have their keys in a database of their own unless a test says otherwise.
    public static let hasKeysApart = ProcessInfo.processInfo.environment["VOCVAULT_TEST_KEYS_APART"] != nil

    /// The addresses of a new database: for the vault, and for who owns its tables.
    public static func database() throws -> (name: String, vault: PostgresAddress, owner: PostgresAddress) {
        let name = "t_\(UUID().uuidString.replacing("-", with: "").lowercased())"
        try run("CREATE DATABASE \(name)", in: "postgres")
        func address(_ role: String) throws -> PostgresAddress { try PostgresAddress("host=\(folder!) dbname=\(name) user=\(role)") }
        return (name, try address("vocvault"), try address("voc_owner"))
    }

    public struct Refused: Error {
        public var message: String
    }

    /// Runs SQL by `psql`; returns what it prints.
    @discardableResult
    public static func run(_ sql: String, in database: String, as role: String = "voc_owner") throws -> String {
        try run("psql", ["-h", folder!, "-U", role, "-d", database, "-AtX", "-v", "ON_ERROR_STOP=1", "-c", sql])
    }

    /// Runs a file of SQL, such as a dump.
    public static func run(file: String, in database: String, as role: String = "voc_owner") throws {
        _ = try run("psql", ["-h", folder!, "-U", role, "-d", database, "-qX", "-v", "ON_ERROR_STOP=1", "-f", file])
    }

    /// Ends all sessions in a database.
    public static func disconnect(_ database: String) throws {
        let sessions = "FROM pg_stat_activity WHERE datname = '\(database)'"
        try run("SELECT pg_terminate_backend(pid) \(sessions)", in: "postgres")
        while try run("SELECT COUNT(*) \(sessions)", in: "postgres") != "0\n" { usleep(10_000) }
    }

    /// All that a database holds: its rows as text, and the bytes of each binary value.
    static func dump(_ database: String) throws -> Data {
        let text = try run("pg_dump", ["-h", folder!, "-U", "voc_owner", "--inserts", database])
        var bytes = Data(text.utf8)
        for match in text.matches(of: /\\x([0-9a-f]+)/) { bytes += self.bytes(match.1) }
        return bytes
    }

    /// Bytes written in hexadecimal.
    static func bytes(_ text: Substring) -> Data {
        let digits = text.utf8.map { UInt8(Character(UnicodeScalar($0)).hexDigitValue!) }
        return Data(stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        let (output, error) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, error)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Refused(message: message) }
        return text
    }

    /// SQL of SQLite as PostgreSQL has it, as far as the tests' attacks need it.
    static func translated(_ sql: String) -> String {
        sql.replacing(/x'([0-9a-f]*)'/) { "'\\x\($0.1)'::bytea" }
            .replacing("randomblob(16)", with: "decode(md5(random()::text), 'hex')")
            .replacing("zeroblob(61)", with: "decode(repeat('00', 61), 'hex')")
            .replacing(/CAST\(replace\(CAST\(entry AS TEXT\), ('[^']*'), ('[^']*')\) AS BLOB\)/) { "convert_to(replace(convert_from(entry, 'UTF8'), \($0.1), \($0.2)), 'UTF8')" }
    }
}
