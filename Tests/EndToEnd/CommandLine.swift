import Foundation
import StorePostgres
import SyntheticFeed
import TestVaults
import Testing

/// The built command line in a folder of its own.
final class CommandLineVault {
    let folder: URL
    private(set) var tokens: [String: String] = [:]

    struct Result {
        var status: Int32
        var output: String
        var error: String
    }

    static let binary: URL = {
        // The test bundle stands beside the products.
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("vocvault").path) {
            folder.deleteLastPathComponent()
        }
        return folder.appendingPathComponent("vocvault")
    }()

    /// - Parameters:
    ///   - store: the addresses of a database for the data; nil: files.
    ///   - principals: other contents of `principals.yaml`.
    init(initialized: Bool = true, store: (name: String, vault: PostgresAddress, owner: PostgresAddress)? = nil, principals: String? = nil, isShipped: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: TestVault.repository.appendingPathComponent("policies"), to: folder.appendingPathComponent("policies"))
        let roles = folder.appendingPathComponent("policies/roles.yaml")
        if !isShipped { try TestVault.openRows("roles.yaml", String(contentsOf: roles, encoding: .utf8)).write(to: roles, atomically: true, encoding: .utf8) }
        try principals?.write(to: folder.appendingPathComponent("policies/principals.yaml"), atomically: true, encoding: .utf8)
        guard initialized else { return }
        try #require(try run(["keys", "generate"]).status == 0)
        let made = try run(["init"] + (store.map { ["--store", $0.vault.text, "--owner", $0.owner.text] } ?? []))
        try #require(made.status == 0, "\(made.error)")
        tokens["administrator"] = made.output.trimmingCharacters(in: .newlines)
        for role in ["ingest", "analyst", "agent", "compliance", "retention"] { try issueToken(role) }
    }

    /// Another home of the vault of `first`, which is in a database.
    init(joining first: CommandLineVault, store: PostgresAddress) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["policies", "keys"] {
            try FileManager.default.copyItem(at: first.folder.appendingPathComponent(name), to: folder.appendingPathComponent(name))
        }
        let joined = try run(["init", "--store", store.text])
        try #require(joined.status == 0 && joined.output.isEmpty, "\(joined.error)")
        tokens = first.tokens
    }

    func issueToken(_ role: String) throws {
        let issued = try run(["token", "issue", "--principal", role, "--role", role], as: "administrator")
        try #require(issued.status == 0, "\(issued.error)")
        tokens[role] = issued.output.trimmingCharacters(in: .newlines)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// - Parameter environment: more than the token, such as faults (`Faults/faults.c`).
    func process(_ arguments: [String], as role: String? = nil, _ environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "VOCVAULT_TOKEN": role.flatMap { tokens[$0] } ?? ""].merging(environment) { $1 }
        return process
    }

    func run(_ arguments: [String], as role: String? = nil, input: String = "") throws -> Result {
        try run(arguments, as: role, input: input, environment: [:])
    }

    /// - Parameter environment: added to what every command gets, such as faults (`Faults/faults.c`).
    func run(_ arguments: [String], as role: String? = nil, input: String = "", environment: [String: String]) throws -> Result {
        try run(process(arguments, as: role, environment), input: input)
    }

    func run(_ process: Process, input: String = "") throws -> Result {
        let files = ["in", "out", "err"].map { folder.appendingPathComponent("\($0)-\(UUID().uuidString)") }
        defer { files.forEach { try? FileManager.default.removeItem(at: $0) } }
        for file in files { try Data(file == files[0] ? Array(input.utf8) : []).write(to: file) }
        process.standardInput = FileHandle(forReadingAtPath: files[0].path)
        process.standardOutput = FileHandle(forWritingAtPath: files[1].path)
        process.standardError = FileHandle(forWritingAtPath: files[2].path)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: try String(contentsOf: files[1], encoding: .utf8),
            error: try String(contentsOf: files[2], encoding: .utf8))
    }

    /// Runs a line of bash, in which `$V` is the program.
    func shell(_ line: String, as role: String? = nil) throws -> Result {
        let process = process(["-c", line], as: role)
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.environment?["V"] = Self.binary.path
        return try run(process, input: "")
    }

    /// Runs a command on a terminal of its own and types a line each time it asks for one.
    ///
    /// - Returns: all that stood on the terminal, as its output.
    func onTerminal(_ arguments: [String], as role: String, typing lines: [String]) throws -> Result {
        let process = process(["-c", Self.terminal, Self.binary.path] + arguments, as: role)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.environment?["LINES_TYPED"] = lines.joined(separator: "\n")
        return try run(process, input: "")
    }

    private static let terminal = """
        import os, pty, select, signal, sys
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        answers = [line for line in os.environ["LINES_TYPED"].split("\\n") if line]
        said = b""
        while True:
            if not select.select([terminal], [], [], 60)[0]:
                os.kill(pid, signal.SIGKILL)
                sys.exit("nothing was said for a minute after: " + said.decode())
            try:
                block = os.read(terminal, 65536)
            except OSError:
                break
            if not block:
                break
            said += block
            if said.endswith(b": "):
                os.write(terminal, (answers.pop(0) + "\\n").encode() if answers else b"\\x04")
        sys.stdout.buffer.write(said)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
        """

    /// Runs a command that must succeed.
    @discardableResult
    func succeed(_ arguments: [String], as role: String) throws -> String {
        let result = try run(arguments, as: role)
        try #require(result.status == 0, "\(arguments[0]) ended with \(result.status): \(result.error)")
        return result.output
    }

    /// Kills a command so many milliseconds after it began.
    func kill(_ arguments: [String], as role: String, after milliseconds: Int) throws {
        let process = process(arguments, as: role)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        usleep(UInt32(milliseconds * 1000))
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    @discardableResult
    func write(_ name: String, _ lines: [String]) throws -> String {
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent(name))
        return name
    }

    func rows(_ arguments: [String], as role: String) throws -> [[String: Any]] {
        let result = try run(arguments + ["--format", "json"], as: role)
        try #require(result.status == 0, "\(result.error)")
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]] ?? []
    }
}
