import ArgumentParser
import Foundation
import RedactedAPI
import VaultAPI
import VaultClient
import VoCVault
import Wire

struct AnnotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate", abstract: "Stores what a classifier of your own says of records.",
        discussion: """
            Each line is {"record":"r_…","module":"leaving","labels":{"high":0.9}}: the record's pseudonym under the purpose, a module that \
            comes with the vault or that schema.yaml declares, and its labels with scores from 0 to 1. They take the place of what the \
            module said of the record before. A line with a module or label that does not exist is refused, and with it the thousand \
            lines that are stored together.

            Examples:
              vocvault annotate leaving.jsonl --purpose insight
              my-classifier | vocvault annotate - --purpose insight
            """)

    @Argument(help: "File with JSON lines; - for standard input.")
    var file: String

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose: String

    func run() async throws {
        let session = try VaultEnvironment.vault()
        let input = try openInput(file)
        var (annotations, lines, number, records, stored): ([Annotation], [Int], Int, Int, Int) = ([], [], 0, 0, 0)
        func store() async throws {
            guard !annotations.isEmpty else { return }
            do { records += try await session.annotate(annotations, purpose: purpose) } catch {
                guard let slip = Annotate.slip("\(error)", onLine: lines) else { throw error }
                throw VaultError.invalid(slip + (stored > 0 ? " (lines 1 to \(stored) are stored)" : ""))
            }
            (annotations, lines, stored) = ([], [], number)
        }
        var rest: [UInt8] = []
        func take(_ line: some Collection<UInt8>) async throws {
            number += 1
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return }
            annotations.append(try Self.annotation(Array(line), number))
            lines.append(number)
            if annotations.count == Self.together { try await store() }
        }
        while let block = try input.read(upToCount: 64 << 10), !block.isEmpty {
            rest += block
            guard rest.count <= Self.longestLine || rest.contains(0x0A) else { throw VaultError.invalid("line \(number + 1) is longer than \(Self.longestLine >> 20) MiB") }
            var parts = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
            rest = Array(parts.removeLast())
            for line in parts { try await take(line) }
        }
        if !rest.isEmpty { try await take(rest) }
        try await store()
        printError("\(records) records annotated")
    }

    /// As many as a request takes.
    private static let together = 1000
    private static let longestLine = 1 << 20

    private static func annotation(_ line: [UInt8], _ number: Int) throws -> Annotation {
        let value: JSON
        do { value = try JSON(parsing: line) } catch { throw VaultError.invalid("line \(number): not JSON at byte \(error.offset + 1): \(error.message)") }
        if let problem = Annotate.item.problem(of: value) { throw VaultError.invalid("line \(number): \(problem.replacing("the body", with: "the line"))") }
        return try value.decoded(as: Annotation.self)
    }
}
