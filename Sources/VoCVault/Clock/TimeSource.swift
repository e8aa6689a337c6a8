import Foundation
import RedactedAPI
import Synchronization

/// A command that prints the time, from the policy.
enum TimeSource {
    /// Why it gave no time.
    struct Silent: Error { var reason: String }

    /// How long it may take.
    private static let patience = 10

    /// Milliseconds since 1970.
    static func ask(_ command: [String]) throws(Silent) -> Int64 {
        let process = Process()
        // Neither the token nor anything else of the vault's.
        process.environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        (process.standardOutput, process.standardInput, process.standardError) = (pipe, FileHandle.nullDevice, FileHandle.nullDevice)
        do { try process.run() } catch { throw Silent(reason: "'\(command[0])' cannot be started") }
        let printed = Mutex(Data())
        let ended = DispatchSemaphore(value: 0)
        let reader = pipe.fileHandleForReading
        // In a thread of its own: what the command started may keep the pipe open after the command has ended.
        DispatchQueue.global().async {
            let data = reader.readDataToEndOfFile()
            printed.withLock { $0 = data }
            ended.signal()
        }
        guard ended.wait(timeout: .now() + .seconds(patience)) == .success else {
            process.terminate()
            throw Silent(reason: "'\(command[0])' did not end within \(patience) s")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Silent(reason: "'\(command[0])' ended with exit code \(process.terminationStatus)") }
        let text = String(decoding: printed.withLock { $0.prefix(100) }, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if let time = Timestamp(text) { return time.milliseconds }
        if let seconds = Double(text), (0..<1e11).contains(seconds) { return Int64(seconds * 1000) }
        throw Silent(reason: "'\(command[0])' must print seconds since 1970 or a time such as 2026-03-04T12:37:39Z")
    }
}
