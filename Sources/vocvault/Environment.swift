import ArgumentParser
import Foundation
import StandardStreams
import Synchronization
import VaultClient
import VoCVault
import Wire

/// Settings of the environment.
enum VaultEnvironment {
    static func value(_ name: String, default fallback: String) -> String {
        let value = ProcessInfo.processInfo.environment[name] ?? ""
        return value.isEmpty ? fallback : value
    }

    static var location: Vault.Location {
        let head = value("VOCVAULT_HEAD", default: "")
        return Vault.Location(
            home: value("VOCVAULT_HOME", default: "./vault"), keys: value("VOCVAULT_KEYS", default: "./keys"),
            policies: policies, head: head.isEmpty ? nil : head)
    }

    static var policies: String { value("VOCVAULT_POLICIES", default: "./policies") }

    /// Address of a server, from `--server` or `VOCVAULT_SERVER`; empty: the local vault.
    private static let named = Mutex<String?>(nil)

    static func use(server: String) { named.withLock { $0 = server } }

    private static var server: String { named.withLock { $0 } ?? value("VOCVAULT_SERVER", default: "") }

    /// The token that commands sign in with: of `VOCVAULT_TOKEN`, of the file that `VOCVAULT_TOKEN_FILE` names, or systemd's credential `vocvault-token`.
    static func token() throws -> String {
        var (place, content) = ("VOCVAULT_TOKEN", value("VOCVAULT_TOKEN", default: ""))
        if content.isEmpty, let file = tokenFile { (place, content) = (file.path, try file.content()) }
        // Files and other systems end lines in different ways.
        let token = content.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else {
            throw VaultError.notSignedIn(place == "VOCVAULT_TOKEN" ? "VOCVAULT_TOKEN is not set, nor is VOCVAULT_TOKEN_FILE" : "\(place) is empty: it should hold a token")
        }
        // Never show a token, not even a malformed one: it may be another token, or part of one.
        let isWhole = token.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || "-._~+/=".utf8.contains($0) }
        guard isWhole else { throw VaultError.invalid("\(place) is malformed: it has blanks, quotes or other characters inside that no token has") }
        return token
    }

    private static var tokenFile: TokenFile? {
        let named = value("VOCVAULT_TOKEN_FILE", default: "")
        if !named.isEmpty { return TokenFile(path: named, isKept: false) }
        let credential = value("CREDENTIALS_DIRECTORY", default: "") + "/vocvault-token"
        return FileManager.default.fileExists(atPath: credential) ? TokenFile(path: credential, isKept: true) : nil
    }

    /// The vault that commands work on, local or behind a server.
    ///
    /// - Parameters:
    ///   - limits: what the work needs if it is done locally.
    ///   - readingOnly: whether a vault that cannot be written will do.
    static func vault(needing limits: ResourceLimits = ResourceLimits(), readingOnly: Bool = false) throws -> any VaultConnection {
        if server.isEmpty { return try session(needing: limits, readingOnly: readingOnly) }
        try ResourceLimits.client.require()
        let authorities = value("VOCVAULT_AUTHORITIES", default: "")
        return try VaultClient(server: server, token: token(), authorities: authorities.isEmpty ? nil : authorities)
    }

    /// Opens the local vault and signs in with `VOCVAULT_TOKEN`, for work that only its own machine can do.
    static func session(needing limits: ResourceLimits = ResourceLimits(), readingOnly: Bool = false) throws -> Session {
        guard server.isEmpty else { throw VaultError.invalid("this works on the vault's own machine only: leave out --server and VOCVAULT_SERVER") }
        let token = try token()
        try limits.require()
        return try Vault.open(at: location, readingOnly: readingOnly).session(token: token, client: "local uid \(getuid())")
    }
}

/// A file with a token.
private struct TokenFile {
    let path: String
    /// Whether systemd keeps it from others (systemd.exec(5), `LoadCredential`).
    let isKept: Bool
    /// No token is as long.
    private static let longest = 16 << 10

    func content() throws -> String {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path), let content = FileManager.default.contents(atPath: path) else {
            throw VaultError.notSignedIn("there is no file \(path) with a token that can be read")
        }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard isKept || mode & 0o077 == 0 else {
            throw VaultError.notSignedIn("\(path) holds a token and can be read by others (mode \(String(mode, radix: 8))); fix it with: chmod 600 \(path)")
        }
        guard content.count <= Self.longest else { throw VaultError.notSignedIn("\(path) is too large for a token") }
        return String(decoding: content, as: UTF8.self)
    }
}

/// Prints notices beside the answer.
func printNotices(_ notices: [String]) {
    for notice in notices { printError("note: \(notice)") }
}

/// Notices about work that a deletion left to do.
func printNotice(_ notice: String?) { printNotices([notice].compactMap(\.self)) }

/// Writes a file that only its owner can read, completely or not at all. An existing file keeps its mode.
func writePrivately(_ data: Data, to path: String, replacing: Bool) throws {
    var about = stat()
    let isThere = stat(path, &about) == 0
    if isThere, replacing, about.st_mode & S_IFMT != S_IFREG {
        // A pipe or terminal cannot be replaced.
        guard let handle = FileHandle(forWritingAtPath: path) else { throw VaultError.invalid("\(path) cannot be written") }
        return try handle.write(contentsOf: data)
    }
    do {
        let bytes = [UInt8](data)
        if replacing {
            try DurableFile.replace(path, with: bytes, mode: isThere ? UInt32(about.st_mode & 0o777) : 0o600)
        } else {
            try DurableFile.create(path, with: bytes)
        }
    } catch {
        guard error.code == EEXIST else { throw error }
        throw VaultError.invalid("\(path) exists already")
    }
}

/// A file could not be written completely.
struct FileError: Error, CustomStringConvertible {
    let path: String
    let failure: WriteFailure

    var description: String { "\(path) cannot be written: \(failure.reason)" }
}
