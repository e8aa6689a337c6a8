import ArgumentParser
import Foundation
import RedactedAPI
import Reporting
import VaultAPI
import VoCVault

struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Improvements, from proposal to effect.",
        discussion: """
            A task concerns the feedback with one code, or any set of records. It is proposed, approved by management, started
            and finished by its owner, and then accepted or sent back. 'effect' compares the feedback before and after.

            Examples:
              vocvault task propose --title "quieter fan" --code product.noise --owner chen --due 2026-12-31 --expect "half the complaints"
              vocvault task approve 1
              vocvault task finish 1 --note "new fan since serial 4000"
              vocvault task effect 1 --days 60
            """,
        subcommands: [Propose.self, List.self, Approve.self, Reject.self, Start.self, Finish.self, Accept.self, SendBack.self, ShowEffect.self])

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes an improvement.",
            discussion: "Example: vocvault task propose --title 'faster delivery' --where \"topic = 'delivery' and region = '北京'\" --owner chen --due 2026-12-31")

        @Option(help: "What is to be done.") var title: String
        @Option(help: "Code of the feedback to improve.") var code: String?
        @Option(help: "Product to improve.") var product: String?
        @Option(name: .customLong("where"), help: "Condition that selects the records, instead of a code.") var condition: String?
        @Option(help: "Principal who will do it.") var owner: String
        @Option(help: "Deadline.") var due: Timestamp
        @Option(name: .customLong("expect"), help: "Expected result.") var expected = ""

        func validate() throws {
            guard (code == nil) != (condition == nil) else { throw ValidationError("give either --code or --where") }
        }

        func run() async throws {
            var parts = try condition.map { [try Condition(asked: $0)] } ?? []
            if let code { parts.append(.compare(field: "topic", .equal, .text(code))) }
            if let product { parts.append(.compare(field: "product", .equal, .text(product))) }
            let done = try await VaultEnvironment.vault().perform(
                ProposeTask(
                    title: title, where: parts.count == 1 ? parts[0] : .and(parts), owner: owner, due: due, expected: expected.isEmpty ? nil : expected))
            try print("task \(done.reply.number); audit entry \(done.entry)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists tasks, newest first.", discussion: "Example: vocvault task list --format json")

        @OptionGroup var output: FormatOption

        func run() async throws {
            let tasks = try await VaultEnvironment.vault().perform(ListTasks()).reply.tasks
            try printListing(
                ["id", "state", "title", "about", "owner", "due", "expected", "started", "finished", "last_note"],
                tasks.map { task in
                    [
                        .integer(task.id), .text(task.state.rawValue), .text(task.title), .text(task.filter.description), .text(task.owner), .time(task.due),
                        .text(task.expected), task.started.map { .time($0) } ?? .null, task.finished.map { .time($0) } ?? .null,
                        .text(task.events.last { !$0.note.isEmpty }?.note ?? ""),
                    ]
                }, output.format)
        }
    }

    /// Options of all steps.
    struct StepOptions: ParsableArguments {
        @Argument(help: "Number of the task.") var id: Int64
        @Option(help: "Reason, or what was done; no personal data.") var note: String?

        func take(_ step: ImprovementTask.Step) async throws {
            let vault = try VaultEnvironment.vault()
            let done =
                step.isDecision
                ? try await vault.perform(DecideTask(number: id, step: step, note: note)) : try await vault.perform(ProgressTask(number: id, step: step, note: note))
            try print("task \(id) is \(done.reply.state.rawValue); audit entry \(done.entry)")
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Approves a proposal.", discussion: "Example: vocvault task approve 1")
        @OptionGroup var options: StepOptions
        func run() async throws { try await options.take(.approve) }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Rejects a proposal.", discussion: "Example: vocvault task reject 1 --note 'too expensive'")
        @OptionGroup var options: StepOptions
        func run() async throws { try await options.take(.reject) }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Starts the work on a task.", discussion: "Example: vocvault task start 1")
        @OptionGroup var options: StepOptions
        func run() async throws { try await options.take(.start) }
    }

    struct Finish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Marks the work as finished.", discussion: "Example: vocvault task finish 1 --note 'new courier'")
        @OptionGroup var options: StepOptions
        func run() async throws { try await options.take(.finish) }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Accepts the finished work.", discussion: "Example: vocvault task accept 1")
        @OptionGroup var options: StepOptions
        func run() async throws { try await options.take(.accept) }
    }

    struct SendBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "send-back", abstract: "Sends a finished task back to its owner.", discussion: "Example: vocvault task send-back 1 --note 'no effect in the north'")
        @OptionGroup var options: StepOptions
        func run() async throws { try await options.take(.sendBack) }
    }

    struct ShowEffect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "effect", abstract: "Compares the feedback before the task started with the feedback after it finished.",
            discussion: "Example: vocvault task effect 1 --days 60")

        @Argument(help: "Number of the task.") var id: Int64
        @Option(help: "Days to compare on each side.") var days = 90
        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose = "insight"
        @OptionGroup var output: FormatOption

        func validate() throws {
            guard (1...3660).contains(days) else { throw ValidationError("--days must be between 1 and 3660") }
        }

        func run() async throws {
            let session = try VaultEnvironment.vault()
            guard let task = try await session.perform(ListTasks()).reply.tasks.first(where: { $0.id == id }) else { throw VaultError.notFound("task \(id)") }
            guard let started = task.started, let finished = task.finished else { throw VaultError.invalid("task \(id) is not finished") }
            let effect = try await Effect(of: task.filter, from: started, until: finished, days: days, now: now(), in: session, purpose: purpose)
            func number(_ value: Double?) -> Value { value.map { .decimal(($0 * 10_000).rounded() / 10_000) } ?? .null }
            try printListing(
                ["", "from", "until", "records", "of", "share", "negative", "rating"],
                [("before", effect.before), ("after", effect.after)].map { name, side in
                    [
                        .text(name), .time(side.from), .time(side.until), number(side.count), number(side.all), number(side.share), number(side.negative),
                        number(side.rating),
                    ]
                }, output.format)
            if let z = effect.z { printError("z = \((z * 100).rounded() / 100) for the share; beyond ±1.96 it is unlikely to be chance") }
        }
    }
}

/// The present time.
func now() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
