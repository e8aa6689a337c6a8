import ArgumentParser
import Foundation
import Pages
import RedactedAPI
import VaultAPI
import VoCVault

extension CopyLanguage: ExpressibleByArgument {}

struct SubjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject", abstract: "Customers' rights: copy, correction, erasure with certificate, restriction, consent and objection, legal hold; who is one person.",
        subcommands: [
            Find.self, Export.self, Correct.self, Erase.self, Certificate.self, Restrict.self, Consent.self, Object.self, Consents.self, Hold.self, Holds.self, Release.self,
            Batch.self, Merge.self, Split.self, Move.self, Links.self, Mentions.self,
        ])

    struct Target: ParsableArguments {
        @Argument(help: "Pseudonym of the customer under the purpose, as lookup or query shows it.")
        var pseudonym: String

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose: String

        @Option(help: "Reason, for the audit log; no personal data.")
        var reason: String?
    }

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds the customer who makes a request, by a value that they give.",
            discussion: "Example: echo C-1009 | vocvault subject find --field customer_id --purpose subject-request")

        @Option(help: "An indexed field, such as customer_id, phone, email.")
        var field: String

        @Option(help: "Purpose of the access; optional if your role has only one for it.")
        var purpose: String?

        @OptionGroup var output: FormatOption

        func run() async throws {
            let text = try StandardInput.line() ?? ""
            let found = try await VaultEnvironment.vault().perform(LookUp(field: field, value: text, purpose: purpose)).reply
            try printListing(["subject"], found.subjects.map { [.text($0)] }, output.format)
        }
    }

    struct Certificate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Certifies that a customer was erased, with a proof from the log.",
            discussion: """
                The first part is signed with the log's key; the second proves the entry of the erasure. docs/verify_proof.py
                checks both, and that they agree, with only Python and openssl.

                Example: vocvault subject certificate s_0F… --purpose subject-request > erasure.txt
                """)

        @Argument(help: "Pseudonym under which the customer was erased.")
        var pseudonym: String

        @Option(help: "The purpose of the pseudonym.")
        var purpose: String

        func run() async throws {
            let certificate = try await VaultEnvironment.vault().perform(CertifyErasure(subject: pseudonym, purpose: purpose)).reply
            try StandardOutput.write(certificate.utf8)
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Exports everything held about a customer: a ZIP with a readable page, a text and JSON, or one of them.",
            discussion: """
                Besides the records: purposes, recipients, retention, sources, the customer's decisions, who saw what when, what others say of the
                customer (see 'subject mentions'), and what was searched. If others have one of the customer's handles, it asks first.

                Examples:
                  vocvault subject export s_0F… --purpose subject-request --language zh --out copy.zip
                  vocvault subject export s_0F… --purpose subject-request > copy.json
                  vocvault subject export s_0F… --purpose subject-request --language en --format html > copy.html
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case json, html, text
        }

        @OptionGroup var target: Target

        @Option(help: "Write a ZIP archive to this file; never overwrites.")
        var out: String?

        @Option(help: "Language of the page and the text: zh or en; by default both, side by side.")
        var language: CopyLanguage?

        @Option(help: "What to write to standard output: json, html or text.")
        var format = Format.json

        @Flag(help: "Go on although others have one of the customer's handles, who may be the same person.")
        var yes = false

        func run() async throws {
            if let out, FileManager.default.fileExists(atPath: out) { throw VaultError.invalid("\(out) exists already") }
            if let out {
                let vault = try VaultEnvironment.vault()
                let done = try await Caution.confirming(yes) { yes in
                    try await vault.perform(
                        ExportSubject(subject: target.pseudonym, purpose: target.purpose, reason: target.reason, language: language, sharersStay: yes))
                }
                try writePrivately(Data(done.reply.content), to: out, replacing: false)
                printError("audit entry \(done.entry)")
                if let searched = done.reply.searched { printReached(searched) }
            } else {
                let language = language.flatMap { Language(rawValue: $0.rawValue) }
                var searched: Searched?
                let entry = try await Caution.confirming(yes) { yes in
                    try VaultEnvironment.session().exportSubject(target.pseudonym, purpose: target.purpose, reason: target.reason, sharersStay: yes) { copy in
                        searched = copy.reached
                        switch format {
                        case .json: try StandardOutput.write(copy.json)
                        case .html: try StandardOutput.write(SubjectDocument.page(copy, language: language).utf8)
                        case .text: try StandardOutput.write(SubjectDocument.text(copy, language: language).utf8)
                        }
                    }
                }
                printError("audit entry \(entry)")
                if let searched { printReached(searched) }
            }
        }
    }

    struct Correct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Corrects a value of a customer in every record that has the field.",
            discussion: """
                The new value is read from standard input, to keep it out of process lists. It must be a valid value of the
                field. On a terminal the command shows the old and the new value, masked, and asks for confirmation.

                Examples:
                  echo 13900139000 | vocvault subject correct s_0F… --field phone --purpose subject-request --reason 'case 12'
                  vocvault subject correct s_0F… --field wechat --clear --purpose subject-request --reason 'not theirs'
                """)

        @OptionGroup var target: Target

        @Option(help: "A sealed field of schema.yaml.")
        var field: String

        @Flag(help: "Remove the field instead of replacing it.")
        var clear = false

        @OptionGroup var caution: Caution

        func run() async throws {
            if !clear, Caution.isAttended { showProgress("New value of \(field): ") }
            let value = clear ? nil : try StandardInput.line() ?? ""
            let vault = try VaultEnvironment.vault()
            var operation = CorrectSubject(
                subject: target.pseudonym, field: field, value: value, purpose: target.purpose, reason: target.reason ?? "", dryRun: true)
            if caution.looksFirst {
                let plan = try await vault.perform(operation).reply
                guard try caution.goesOn(lines(plan), typing: String(plan.records)) else { return }
                operation.sharersStay = true
            }
            operation.dryRun = nil
            if caution.yes { operation.sharersStay = true }
            let done = try await vault.perform(operation)
            try print("corrected \(done.reply.records) records; audit entry \(done.entry)")
            if done.reply.others > 0 { printError("note: \(done.reply.others) other customers have the same \(field)") }
            printReached(searched(done.reply))
            printNotice(done.reply.notice)
        }

        private func lines(_ plan: CorrectSubject.Reply) -> [String] {
            var lines = ["would correct \(plan.records) records"]
            for former in plan.change?.before ?? [] { lines.append("  \(field) \(former.value) in \(former.records) records") }
            lines.append(plan.change?.after.map { "  becomes \($0)" } ?? "  is removed")
            if plan.others > 0 { lines.append("note: \(plan.others) other customers would have the same \(field)") }
            return lines + reached(by: searched(plan))
        }

        private func searched(_ reply: CorrectSubject.Reply) -> Searched {
            Searched(customers: reply.customers, handles: reply.handles, sharers: reply.sharers, mentions: reply.mentions)
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a customer's records, index entries and key; their data in backups becomes unreadable.",
            discussion: """
                A reason is required. On a terminal the command says how many records it will delete, who else has one of the customer's handles, and
                how many records of others may mention the customer, and asks for confirmation. Elsewhere it stops if there are any, unless you say
                --yes. Where somebody has decided that others mention the customer ('subject mentions decide'), it is taken out of their texts.

                Examples:
                  vocvault subject erase s_0F… --purpose subject-request --reason 'request of 4 March' --dry-run
                  vocvault subject erase s_0F… --purpose subject-request --reason 'request of 4 March'
                """)

        @OptionGroup var target: Target
        @OptionGroup var caution: Caution

        func validate() throws {
            guard target.reason?.contains(where: { !$0.isWhitespace }) == true else { throw ValidationError("give the reason with --reason") }
        }

        func run() async throws {
            let vault = try VaultEnvironment.vault()
            var operation = EraseSubject(subject: target.pseudonym, purpose: target.purpose, reason: target.reason ?? "", dryRun: true)
            if caution.looksFirst {
                let plan = try await vault.perform(operation).reply
                let lines = ["would erase the customer with \(plan.records) records"] + reached(by: plan)
                guard try caution.goesOn(lines, typing: String(plan.records)) else { return }
                operation.sharersStay = true
            }
            operation.dryRun = nil
            if caution.yes { operation.sharersStay = true }
            let done = try await vault.perform(operation)
            try print("erased the customer with \(done.reply.records) records; audit entry \(done.entry)")
            printSearched(done.reply.handles)
            for line in reached(by: done.reply) { printError(line) }
            printNotice(done.reply.notice)
        }
    }

    struct Restrict: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a customer's data, but excludes it from queries, figures and reveals.",
            discussion: """
                Examples:
                  vocvault subject restrict s_0F… --purpose subject-request --reason 'accuracy contested'
                  vocvault subject restrict s_0F… --purpose subject-request --reason 'settled' --lift
                """)

        @OptionGroup var target: Target

        @Flag(help: "End the restriction.")
        var lift = false

        @Flag(help: "Go on although others have one of the customer's handles, who may be the same person.")
        var yes = false

        func run() async throws {
            let vault = try VaultEnvironment.vault()
            let done = try await Caution.confirming(yes) { yes in
                try await vault.perform(
                    RestrictSubject(subject: target.pseudonym, purpose: target.purpose, reason: target.reason ?? "", lift: lift, sharersStay: yes))
            }
            try print("\(lift ? "freed" : "restricted") \(done.reply.records) records; audit entry \(done.entry)")
            printSearched(done.reply.handles)
            for line in reached(by: done.reply) { printError(line) }
        }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Protects a customer's data from erasure, correction and retention.",
            discussion: """
                A customer can be under several holds, each with its own number and reason. The data are kept until all of them
                have ended.

                Examples:
                  vocvault subject hold s_0F… --purpose subject-request --reason 'court case 17/2026'
                  vocvault subject hold s_0F… --purpose subject-request --reason 'tax audit' --until 2028-01-01
                """)

        @OptionGroup var target: Target

        @Option(help: "When the hold ends by itself; by default it stays until you release it.")
        var until: Timestamp?

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(
                HoldSubject(subject: target.pseudonym, purpose: target.purpose, reason: target.reason ?? "", ends: until))
            try print("on hold as number \(done.reply.hold); audit entry \(done.entry)")
        }
    }

    struct Holds: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists a customer's holds, past and present.", discussion: "Example: vocvault subject holds s_0F… --purpose subject-request")

        @OptionGroup var target: Target
        @OptionGroup var output: FormatOption

        func run() async throws {
            let holds = try await VaultEnvironment.vault().perform(ListHolds(subject: target.pseudonym, purpose: target.purpose)).reply.holds
            try printListing(
                ["hold", "state", "ground", "set_by", "set", "until", "released"],
                holds.map { hold in
                    [
                        .integer(hold.id), .text(hold.isInForce ? "in force" : hold.released == nil ? "ended" : "released"), .text(hold.ground), .text(hold.setBy),
                        .time(hold.set), hold.ends.map { .time($0) } ?? .null, hold.released.map { .time($0) } ?? .null,
                    ]
                }, output.format)
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a legal hold.",
            discussion: """
                Examples:
                  vocvault subject release s_0F… --purpose subject-request --reason 'case closed'
                  vocvault subject release s_0F… --hold 3 --purpose subject-request --reason 'case closed'
                """)

        @OptionGroup var target: Target

        @Option(help: "Number of the hold, as 'subject holds' lists it; optional if there is only one.")
        var hold: Int64?

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(
                ReleaseSubject(subject: target.pseudonym, hold: hold, purpose: target.purpose, reason: target.reason))
            try print("released hold \(done.reply.hold); audit entry \(done.entry)")
        }
    }
}

/// What an operation on a customer reached besides the customer.
private func reached(by reply: ChangedRecords) -> [String] {
    var lines = reached(
        by: Searched(customers: reply.customers ?? 1, handles: reply.handles ?? [], sharers: reply.sharers ?? [], mentions: reply.mentions ?? 0))
    if let kept = reply.mentionsKept, kept > 0 { lines.append("note: \(kept) records of others that mention the customer are under a legal hold and stay as they are") }
    if let undecided = reply.undecidedMentions, undecided > 0 {
        lines.append("note: \(undecided) more records of others may mention the customer; nobody has decided: see 'subject mentions list'")
    }
    return lines
}

private func reached(by searched: Searched) -> [String] {
    var lines = searched.customers > 1 ? ["note: they are \(searched.customers) customers, who are one person"] : []
    lines += searched.sharers.map { "note: \($0.count) other customers have the same \($0.field)" }
    if searched.mentions > 0 { lines.append("\(searched.mentions) records of others mention the customer") }
    return lines
}

private func printReached(_ searched: Searched) {
    printSearched(searched.handles)
    for line in reached(by: searched) { printError(line) }
}

/// Says by which handles a customer was looked for.
private func printSearched(_ handles: [FieldCount]?) {
    guard let handles, !handles.isEmpty else { return }
    printError("searched: \(handles.map { "\($0.count) \($0.field)" }.joined(separator: ", "))")
}
