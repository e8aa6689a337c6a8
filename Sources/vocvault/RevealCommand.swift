import ArgumentParser
import Foundation
import RedactedAPI
import VaultAPI
import VoCVault

struct RevealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reveal", abstract: "Shows one field of one record in plain, after writing down who, why and when.",
        discussion: """
            Example:
              vocvault reveal r_0G4… --field phone --purpose follow-up --reason "call back about the repair"

            A field that needs two principals ends with exit code 3 and the number of a request; after
            'vocvault approvals grant' by someone else, the same command shows it.
            """)

    @Argument(help: "The record's pseudonym under the purpose, as a query shows it.")
    var record: String

    @Option(help: "Which field.")
    var field: String

    @Option(help: "What the data is used for.")
    var purpose: String

    @Option(help: "Why; goes to the audit log, without personal data.")
    var reason: String

    @Flag(help: "Do not wait for a second principal, where the policy allows that; raises an alert.")
    var breakGlass = false

    func run() async throws {
        let done = try await VaultEnvironment.vault().perform(
            RevealField(record: record, field: field, purpose: purpose, reason: reason, breakGlass: breakGlass))
        try print(done.reply.value)
        printError("audit entry \(done.entry)")
    }
}

struct LookupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup", abstract: "Finds customers by an exact value, without opening anything.",
        discussion: "Example: echo 13800138000 | vocvault lookup --field phone --value -")

    @Option(help: "An indexed field, such as phone, email, customer_id.")
    var field: String

    @Option(help: "Always -: the value comes on standard input, so that it stands in no shell history.")
    var value: String

    @Option(help: "What the data is used for; may be left out when your role has one purpose for it.")
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
