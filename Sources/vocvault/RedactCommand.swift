import ArgumentParser
import Foundation
import VoCVault

struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Finds and replaces personal data in texts; needs no vault.",
        discussion: """
            Reads JSON lines {"id", "text"} and writes {"id", "text", "spans": [{"start", "end", "type", "score"}],
            "redacted"}; offsets count Unicode scalars.

            Example: echo '{"id":1,"text":"请打13800138000"}' | vocvault redact
            """)

    @Argument(help: "A file, or - for standard input.")
    var file = "-"

    func run() throws {
        let handle = try openInput(file)
        var rejected = 0
        try LineRedactor().run(handle) { block in
            FileHandle.standardOutput.write(Data(block))
        } onReject: { line in
            rejected += 1
            printError("line \(line): not a JSON object with \"id\" and \"text\"")
        }
        if rejected > 0 { throw SomeRejected() }
    }
}
