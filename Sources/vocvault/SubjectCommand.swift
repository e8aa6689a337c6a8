import ArgumentParser
import Documents
import Foundation
import VoCVault

struct SubjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject", abstract: "Rights of a customer: copy, correction, erasure with certificate, restriction, legal hold.",
        subcommands: [Find.self, Export.self, Correct.self, Erase.self, Certificate.self, Restrict.self, Hold.self, Release.self])

    struct Target: ParsableArguments {
        @Argument(help: "The customer's pseudonym under the purpose, as lookup or query shows it.")
        var pseudonym: String

        @Option(help: "What it is done for.")
        var purpose: String

        @Option(help: "Why; goes to the audit log, without personal data.")
        var reason: String?
    }

    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds the customer who asks, by a value that they give.",
            discussion: "Example: echo C-1009 | vocvault subject find --field customer_id --purpose subject-request")

        @Option(help: "An indexed field, such as customer_id, phone, email.")
        var field: String

        @Option(help: "What it is done for; may be left out when your role has one purpose for it.")
        var purpose: String?

        @OptionGroup var output: FormatOption

        func run() throws {
            let text = readLine(strippingNewline: true) ?? ""
            let (subjects, _) = try VaultEnvironment.vault().lookup(field: field, value: text, purpose: purpose)
            printListing(["subject"], subjects.map { [.text($0)] }, output.format)
        }
    }

    struct Certificate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Certifies that a customer was erased, with the proof that the log says so.",
            discussion: """
                The first part is signed with the log's key; the second, from 'c2sp.org/tlog-proof' on, is checked by
                docs/verify_proof.py.

                Example: vocvault subject certificate s_0F… --purpose subject-request > erasure.txt
                """)

        @Argument(help: "The pseudonym under which the customer was erased.")
        var pseudonym: String

        @Option(help: "The purpose of the pseudonym.")
        var purpose: String

        func run() throws {
            print(try VaultEnvironment.vault().erasureCertificate(pseudonym, purpose: purpose), terminator: "")
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everything held about a customer: a ZIP with a page to read and JSON, or the JSON alone.",
            discussion: """
                Examples:
                  vocvault subject export s_0F… --purpose subject-request --out copy.zip
                  vocvault subject export s_0F… --purpose subject-request > copy.json
                """)

        @OptionGroup var target: Target

        @Option(help: "Write a ZIP archive to this file; never overwrites.")
        var out: String?

        func run() throws {
            if let out, FileManager.default.fileExists(atPath: out) { throw VaultError.invalid("\(out) exists already") }
            let receipt: Int64
            if let out {
                receipt = try VaultEnvironment.vault().exportArchive(target.pseudonym, purpose: target.purpose, reason: target.reason) {
                    try writePrivately($0, to: out, replacing: false)
                }
            } else {
                receipt = try VaultEnvironment.session().exportSubject(target.pseudonym, purpose: target.purpose, reason: target.reason) {
                    FileHandle.standardOutput.write(Data($0.json))
                }
            }
            printError("audit entry \(receipt)")
        }
    }

    struct Correct: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts right what the vault says of a customer, in every record that has the field.",
            discussion: """
                The new value comes on standard input, so that it stands in no process list.

                Examples:
                  echo 13900139000 | vocvault subject correct s_0F… --field phone --purpose subject-request --reason 'case 12'
                  vocvault subject correct s_0F… --field wechat --clear --purpose subject-request --reason 'not theirs'
                """)

        @OptionGroup var target: Target

        @Option(help: "A sealed field of schema.yaml.")
        var field: String

        @Flag(help: "Take the field out instead of replacing it.")
        var clear = false

        func run() throws {
            let value = clear ? nil : readLine(strippingNewline: true) ?? ""
            let vault = try VaultEnvironment.vault()
            let done = try vault.correctSubject(
                target.pseudonym, field: field, to: value, purpose: target.purpose, reason: target.reason ?? "")
            print("corrected \(done.records) records; audit entry \(done.receipt)")
            if done.others > 0 { printError("note: \(done.others) other customers have the same \(field)") }
            printNotices(vault)
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a customer's records, index entries and key; backups become unreadable for them.",
            discussion: "Example: vocvault subject erase s_0F… --purpose subject-request --reason 'request of 4 March'")

        @OptionGroup var target: Target

        func run() throws {
            let vault = try VaultEnvironment.vault()
            let (records, receipt) = try vault.eraseSubject(target.pseudonym, purpose: target.purpose, reason: target.reason)
            print("erased the customer with \(records) records; audit entry \(receipt)")
            printNotices(vault)
        }
    }

    struct Restrict: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a customer's data, but takes it out of queries, figures and reveals.",
            discussion: """
                Examples:
                  vocvault subject restrict s_0F… --purpose subject-request --reason 'accuracy contested'
                  vocvault subject restrict s_0F… --purpose subject-request --reason 'settled' --lift
                """)

        @OptionGroup var target: Target

        @Flag(help: "End the restriction.")
        var lift = false

        func run() throws {
            let (records, receipt) = try VaultEnvironment.vault().restrictSubject(
                target.pseudonym, purpose: target.purpose, reason: target.reason ?? "", lift: lift)
            print("\(lift ? "freed" : "restricted") \(records) records; audit entry \(receipt)")
        }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a customer's data from erasure and retention.",
            discussion: "Example: vocvault subject hold s_0F… --purpose subject-request --reason 'court case 17/2026'")

        @OptionGroup var target: Target

        func run() throws {
            let receipt = try VaultEnvironment.vault().holdSubject(
                target.pseudonym, purpose: target.purpose, reason: target.reason ?? "")
            print("on hold; audit entry \(receipt)")
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a legal hold.",
            discussion: "Example: vocvault subject release s_0F… --purpose subject-request")

        @OptionGroup var target: Target

        func run() throws {
            let receipt = try VaultEnvironment.vault().releaseSubject(
                target.pseudonym, purpose: target.purpose, reason: target.reason)
            print("released; audit entry \(receipt)")
        }
    }
}
