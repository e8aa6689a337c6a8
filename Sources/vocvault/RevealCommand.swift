import ArgumentParser
import Foundation
import RedactedAPI
import VaultAPI
import VoCVault

struct RevealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reveal", abstract: "Shows one field of one record in plaintext, after recording who asked, why and when.",
        discussion: """
            Example:
              vocvault reveal r_0G4… --field phone --purpose follow-up --reason "call back about the repair"

            If the field needs a second principal, the command exits with 3 and prints the number of a request. Once
            someone else has run 'vocvault approvals grant', the same command shows the field.
            """)

    @Argument(help: "Pseudonym of the record under the purpose, as a query shows it.")
    var record: String

    @Option(help: "Field to show.")
    var field: String

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose: String

    @Option(help: "Reason, for the audit log; no personal data.")
    var reason: String

    @Flag(help: "Do not wait for a second principal, if the policy allows that; raises an alert.")
    var breakGlass = false

    func run() async throws {
        let done = try await VaultEnvironment.vault().perform(
            RevealField(record: record, field: field, purpose: purpose, reason: reason, breakGlass: breakGlass))
        try StandardOutput.write(value: done.reply.value)
        printError("audit entry \(done.entry)")
    }
}

struct LookupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup", abstract: "Finds customers by an exact value, without opening any record.",
        discussion: "Example: echo 13800138000 | vocvault lookup --field phone --value -")

    @Option(help: "An indexed field, such as phone, email, customer_id.")
    var field: String

    @Option(help: "Always -: the value is read from standard input, to keep it out of the shell history.")
    var value: String

    @Option(help: "Purpose of the access; optional if your role has only one for it.")
    var purpose: String?

    @OptionGroup var output: FormatOption

    func validate() throws {
        if value != "-" { throw ValidationError("--value must be -: give the value on standard input") }
    }

    func run() async throws {
        let text = try StandardInput.line() ?? ""
        let found = try await VaultEnvironment.vault().perform(LookUp(field: field, value: text, purpose: purpose)).reply
        try printListing(["subject"], found.subjects.map { [.text($0)] }, output.format)
    }
}
