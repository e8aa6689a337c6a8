import ArgumentParser
import Foundation
import StandardStreams
import VaultAPI
import VoCVault
import Wire

/// The log differs from what was signed or from an older checkpoint: exit code 4.
struct DamagedLog: Error, CustomStringConvertible {
    let problem: String
    var description: String { problem }
}

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recomputes the whole log and checks it against its signed checkpoint; exit code 4 if it was tampered with.",
            discussion: """
                Prints the checkpoint. Keep it outside the vault. With --checkpoint it shows later whether the log was
                rolled back or rewritten in between.

                It holds every table against the log, too, and every key and record's MAC against what the vault wrote. --deep
                also opens each sealed record and recomputes the tags under which its customer is found; --sample 5 does so
                for about 5 percent of the customers, others each time.

                Examples:
                  vocvault audit verify > checkpoint-2026-03.txt
                  vocvault audit verify --deep > checkpoint-2026-03.txt
                  vocvault audit verify --checkpoint checkpoint-2026-03.txt
                """)

        @Option(help: "File with an older checkpoint that you kept elsewhere.")
        var checkpoint: String?

        @Flag(help: "Also open every sealed record.")
        var deep = false

        @Option(help: "Open the sealed records of about so many percent of the customers.")
        var sample: Int?

        func validate() throws {
            if deep, sample != nil { throw ValidationError("--deep opens all records; leave out --sample") }
            if let sample, !(1...100).contains(sample) { throw ValidationError("--sample must be 1 to 100") }
        }

        func run() async throws {
            let vault = try VaultEnvironment.vault(readingOnly: true)
            let result = try await vault.perform(VerifyAudit(checkpoint: checkpoint.map(readText), deep: deep ? 100 : sample)).reply
            guard result.valid else { throw DamagedLog(problem: result.problem ?? "the log is damaged") }
            printNotices(vault.notices)
            printError("verified \(result.entries ?? 0) entries; the log's key is \(result.verifierKey ?? "")")
            if let records = result.records { printError("opened \(records) records: everything in them opens, and the index has the tags of their values") }
            try StandardOutput.write((result.checkpoint ?? "").utf8)
        }
    }

    struct Prove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves that an entry is in the log, or that the log continues an older checkpoint.",
            discussion: """
                The proof is text in C2SP form (tlog-proof; tlog-witness for --consistency). Nobody needs this vault to
                check it: docs/verify_proof.py does so with only Python and openssl.

                Examples:
                  vocvault audit prove 17 > entry-17.proof
                  vocvault audit prove --consistency checkpoint-2026-03.txt > since-march.proof
                """)

        @Argument(help: "Number of the entry.")
        var number: Int64?
        @Option(help: "File with an older checkpoint of this vault, or 'none' for an empty log.")
        var consistency: String?

        func validate() throws {
            guard (number == nil) != (consistency == nil) else {
                throw ValidationError("Name either an entry or --consistency.")
            }
        }

        func run() async throws {
            let vault = try VaultEnvironment.vault()
            if let number {
                try await StandardOutput.write(vault.perform(ProveAuditEntry(number: number)).reply.utf8)
            } else if let consistency {
                let size = consistency == "none" ? 0 : try await size(of: readText(consistency), vault)
                try await StandardOutput.write(vault.perform(ProveConsistency(from: size)).reply.utf8)
            }
        }

        /// The size of a checkpoint, which is first verified against the log as it is now.
        private func size(of checkpoint: String, _ vault: any VaultConnection) async throws -> Int64 {
            let found = try await vault.perform(VerifyAudit(checkpoint: checkpoint)).reply
            guard found.valid else { throw DamagedLog(problem: found.problem ?? "the log is damaged") }
            guard let size = checkpoint.split(separator: "\n").dropFirst().first.flatMap({ Int64($0) }) else { throw VaultError.invalid("this is not a checkpoint") }
            return size
        }
    }

    struct Anchor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the newest checkpoint to places outside the vault.",
            discussion: """
                Anyone who holds an anchored checkpoint can show later that the log, or the whole database, was rolled
                back. The command also prints the checkpoint.

                Examples:
                  vocvault audit anchor --file /mnt/worm/checkpoints
                  vocvault audit anchor --exec 'git -C /srv/anchors commit --allow-empty -F -' --post https://log.example/anchor
                """)

        @Option(help: "A file to overwrite, or a folder that gets one file per log size.")
        var file: [String] = []
        @Option(help: "Shell command that reads the checkpoint on standard input.")
        var exec: [String] = []
        @Option(help: "URL to send the checkpoint to (HTTP POST, text/plain).")
        var post: [String] = []

        func run() async throws {
            let note = try await VaultEnvironment.vault().perform(AnchorAudit()).reply
            for path in file { try write(note, to: path) }
            for command in exec { try run(command, note) }
            for address in post { try await CheckpointPost.send(note, to: address) }
            try StandardOutput.write(note.utf8)
        }

        private func write(_ note: String, to path: String) throws {
            var isFolder: ObjCBool = false
            var target = path
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                target += "/checkpoint-\(note.split(separator: "\n")[1]).txt"
            }
            do {
                try DurableFile.replace(target, with: Array(note.utf8), mode: 0o644)
            } catch {
                throw VaultError.notAnchored("\(error)")
            }
        }

        private func run(_ command: String, _ note: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", command]
            // The command must not see the token.
            process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "VOCVAULT_TOKEN" }
            process.standardOutput = FileHandle.standardError
            let input = Pipe()
            process.standardInput = input
            try process.run()
            // A command that does not read its input may still succeed: its exit code decides.
            try? StandardStreams.write(Array(note.utf8), to: input.fileHandleForWriting.fileDescriptor)
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw VaultError.notAnchored("a command for anchoring ended with exit code \(process.terminationStatus)")
            }
        }
    }

    struct Witness: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks another vault's log, keeps its checkpoint in this vault's log, and signs it.",
            discussion: """
                Refuses, with exit code 4, a log that does not continue the one it witnessed last. Prints the
                checkpoint with this vault's signature (C2SP tlog-cosignature).

                Example, between vaults A and B:
                  A$ vocvault audit prove --consistency none > request
                  B$ vocvault audit witness --key "$KEY_OF_A" request > checkpoint-witnessed.txt
                """)

        @Option(help: "Verifier key of the other log, as printed by its 'init' and 'audit verify'.")
        var key: String
        @Argument(help: "File with the output of the other vault's 'audit prove --consistency'; - for standard input.")
        var request: String

        func run() throws {
            let text =
                request == "-"
                ? String(decoding: try openInput(request).readToEnd() ?? Data(), as: UTF8.self) : try readText(request)
            try StandardOutput.write(VaultEnvironment.session().witness(text, key: key).utf8)
        }
    }
}
