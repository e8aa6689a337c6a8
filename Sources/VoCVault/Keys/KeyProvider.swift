import Foundation
import Sealing
import StandardStreams

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Fetches root keys from outside the key file.
enum KeyProvider {
    /// Runs a command that prints the key: 32 raw bytes, or their base64 with an optional newline.
    ///
    /// What the command writes to standard error reaches the terminal; its output never does.
    static func run(_ command: [String], place: String) throws -> SecretBytes {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0].hasPrefix("/") ? command[0] : "/usr/bin/env")
        process.arguments = command[0].hasPrefix("/") ? Array(command.dropFirst()) : command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw VaultError.keys("\(place): the command '\(command[0])' cannot be started")
        }
        var output = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
        defer { wipe(&output) }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw VaultError.keys("\(place): the command '\(command[0])' failed with status \(process.terminationStatus)")
        }
        if output.count == 32 { return try SecretBytes(copying: output.span) }
        var length = output.count
        while length > 0, [0x0A, 0x0D, 0x20].contains(output[length - 1]) { length -= 1 }
        do {
            return try SecretBytes(base64: output.span.extracting(0..<length), count: 32)
        } catch {
            throw VaultError.keys("\(place): the command '\(command[0])' must print 32 bytes, raw or in base64")
        }
    }

    /// Reads a passphrase from a file (one line) or, without a file, from the terminal without echo.
    static func passphrase(for id: String, file: String?, place: String) throws -> SecretBytes {
        if let file {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw VaultError.keys("\(place): the passphrase file \(file) cannot be read")
            }
            var bytes = [UInt8](data)
            defer { wipe(&bytes) }
            let length = bytes.firstIndex(of: 0x0A) ?? bytes.count
            guard length > 0 else { throw VaultError.keys("\(place): the passphrase file \(file) is empty") }
            return try SecretBytes(copying: bytes.span.extracting(0..<length))
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw VaultError.keys("\(place): a passphrase can be typed only on a terminal; otherwise name a file with from=")
        }
        try? StandardStreams.write(Array("Passphrase of root key '\(id)': ".utf8), to: STDERR_FILENO)
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            try? StandardStreams.write([0x0A], to: STDERR_FILENO)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        defer { wipe(&bytes) }
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) == 1, byte != 0x0A, bytes.count < 1024 { bytes.append(byte) }
        guard !bytes.isEmpty else { throw VaultError.keys("\(place): the passphrase is empty") }
        return try SecretBytes(copying: bytes.span)
    }
}
