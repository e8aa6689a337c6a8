import ArgumentParser
import Foundation
import Synchronization
import VaultClient
import VoCVault

/// What the environment says about the vault at hand.
enum VaultEnvironment {
    static func value(_ name: String, default fallback: String) -> String {
        let value = ProcessInfo.processInfo.environment[name] ?? ""
        return value.isEmpty ? fallback : value
    }

    static var location: Vault.Location {
        Vault.Location(
            home: value("VOCVAULT_HOME", default: "./vault"), keys: value("VOCVAULT_KEYS", default: "./keys"),
            policies: policies)
    }

    static var policies: String { value("VOCVAULT_POLICIES", default: "./policies") }

    /// Address of a server, by `--server` or `VOCVAULT_SERVER`; empty: the vault at hand.
    private static let named = Mutex<String?>(nil)

    static func use(server: String) { named.withLock { $0 = server } }

    private static var server: String { named.withLock { $0 } ?? value("VOCVAULT_SERVER", default: "") }

    private static func token() throws -> String {
        let token = value("VOCVAULT_TOKEN", default: "")
        guard !token.isEmpty else { throw VaultError.notSignedIn("VOCVAULT_TOKEN is not set") }
        return token
    }

    /// The vault that commands work on, here or behind a server.
    ///
    /// - Parameter readingOnly: whether it may be one that cannot be written.
    static func vault(readingOnly: Bool = false) throws -> any VaultOperations {
        if server.isEmpty { return try session(readingOnly: readingOnly) }
        let authorities = value("VOCVAULT_AUTHORITIES", default: "")
        return RemoteVault(client: try VaultClient(server: server, token: token(), authorities: authorities.isEmpty ? nil : authorities))
    }

    /// Opens the vault at hand and signs in with `VOCVAULT_TOKEN`: for what only its own machine can do.
    static func session(readingOnly: Bool = false) throws -> Session {
        guard server.isEmpty else { throw VaultError.invalid("this works on the vault's own machine only: leave out --server and VOCVAULT_SERVER") }
        let token = try token()
        return try Vault.open(at: location, readingOnly: readingOnly).session(token: token, client: "local uid \(getuid())")
    }
}

func printError(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
}

/// Prints what an operation has left to be said, besides its result.
func printNotices(_ vault: any VaultOperations) {
    for notice in vault.notices { printError("note: \(notice)") }
}

/// Writes a file that only its owner can read.
func writePrivately(_ data: Data, to path: String, replacing: Bool) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | (replacing ? O_TRUNC : O_EXCL), 0o600)
    guard descriptor >= 0 else {
        throw VaultError.invalid("\(SystemFault(path: path, code: errno))")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do { try handle.write(contentsOf: data) } catch { throw SystemFault(error, path: path) ?? error }
}

/// Opens a file, or standard input for `-`.
func openInput(_ path: String) throws -> FileHandle {
    if path == "-" { return .standardInput }
    guard let handle = FileHandle(forReadingAtPath: path) else {
        throw VaultError.invalid("\(path) does not exist or cannot be read")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        throw VaultError.invalid("\(path) is a folder")
    }
    return handle
}
