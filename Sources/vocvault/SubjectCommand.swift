import ArgumentParser
import Foundation
import VoCVault

struct SubjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject", abstract: "Rights of a customer: copy, erasure, legal hold.",
        subcommands: [Export.self, Erase.self, Hold.self, Release.self])

    struct Target: ParsableArguments {
        @Argument(help: "The customer's pseudonym under the purpose, as lookup or query shows it.")
        var pseudonym: String

        @Option(help: "What it is done for.")
        var purpose: String

        @Option(help: "Why; goes to the audit log, without personal data.")
        var reason: String?
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints everything held about a customer, as JSON.",
            discussion: "Example: vocvault subject export s_0F… --purpose subject-request > copy.json")

        @OptionGroup var target: Target

        func run() throws {
            let receipt = try VaultEnvironment.session().exportSubject(
                target.pseudonym, purpose: target.purpose, reason: target.reason
            ) { FileHandle.standardOutput.write(Data($0)) }
            printError("audit entry \(receipt)")
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a customer's records, index entries and key; backups become unreadable for them.",
            discussion: "Example: vocvault subject erase s_0F… --purpose subject-request --reason 'request of 4 March'")

        @OptionGroup var target: Target

        func run() throws {
            let (records, receipt) = try VaultEnvironment.session().eraseSubject(
                target.pseudonym, purpose: target.purpose, reason: target.reason)
            print("erased the customer with \(records) records; audit entry \(receipt)")
        }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a customer's data from erasure and retention.",
            discussion: "Example: vocvault subject hold s_0F… --purpose subject-request --reason 'court case 17/2026'")

        @OptionGroup var target: Target

        func run() throws {
            let receipt = try VaultEnvironment.session().holdSubject(
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
            let receipt = try VaultEnvironment.session().releaseSubject(
                target.pseudonym, purpose: target.purpose, reason: target.reason)
            print("released; audit entry \(receipt)")
        }
    }
}
