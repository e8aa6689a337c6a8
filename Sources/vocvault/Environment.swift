import ArgumentParser
import Foundation
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

    /// Opens the vault and signs in with `VOCVAULT_TOKEN`.
    static func session() throws -> Session {
        let token = value("VOCVAULT_TOKEN", default: "")
        guard !token.isEmpty else { throw VaultError.notSignedIn("VOCVAULT_TOKEN is not set") }
        return try Vault.open(at: location).session(token: token, client: "local uid \(getuid())")
    }
}

func printError(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
}

/// Writes a file that only its owner can read.
func writePrivately(_ data: Data, to path: String, replacing: Bool) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | (replacing ? O_TRUNC : O_EXCL), 0o600)
    guard descriptor >= 0 else {
        throw VaultError.invalid(errno == EEXIST ? "\(path) exists already" : "\(path) cannot be written")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: data)
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
