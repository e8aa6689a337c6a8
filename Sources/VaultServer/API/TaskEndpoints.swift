import HTTPTypes
import Hummingbird
import RedactedAPI
import StrictJSON
import VoCVault

/// Improvements, from a proposal to its acceptance.
enum TaskEndpoints {
    static let all = [list, propose, decide, progress]

    private static let number = Endpoint.Parameter(name: "number", schema: .integer(1...Int.max, about: ""), isRequired: true)
    private static let note = Schema.text("why, or what was done; without personal data", 1...2000)
    private static let stepped = Endpoint.Reply.json(
        .object([.required("state", .choice(ImprovementTask.State.allCases.map(\.rawValue))), .required("receipt", .reference("Receipt"))]))

    static let list = Endpoint(
        method: .get, path: "/v1/tasks", id: "listTasks", summary: "All improvements, the newest first.", action: "task.read",
        reply: .json(
            .object([
                .required(
                    "tasks",
                    .array(
                        .object([
                            .required("number", Fields.count), .required("state", .choice(ImprovementTask.State.allCases.map(\.rawValue))),
                            .required("title", .text("")), .required("where", .text("", 1...8000)), .required("owner", .text("")), .required("due", Fields.time),
                            .required("expected", .text("", 0...2000)),
                            .required(
                                "events",
                                .array(
                                    .object([
                                        .required("step", .choice(ImprovementTask.Step.allCases.map(\.rawValue))), .required("by", .text("")),
                                        .required("at", Fields.time), .required("note", .text("", 0...2000)),
                                    ]), count: 0...10_000)),
                        ]), count: 0...1_000_000)), .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let tasks = try await call.work { try $0.improvementTasks() }
        return try await call.reply(["tasks": .array(tasks.map(\.json))])
    }

    static let propose = Endpoint(
        method: .post, path: "/v1/tasks", id: "proposeTask", summary: "Proposes an improvement about a set of records.", action: "task.propose",
        content: .json(
            .object([
                .required("title", .text("without personal data", 1...500)), .required("where", Fields.condition), .required("owner", .text("a principal", 1...64)),
                .required("due", Fields.time), .optional("expected", .text("what it shall bring", 1...500)),
            ])),
        reply: .json(.object([.required("number", Fields.count), .required("receipt", .reference("Receipt"))]))
    ) { call in
        let (title, owner, expected) = (call.required("title"), call.required("owner"), call.text("expected") ?? "")
        let filter = try Condition(parsing: call.required("where"))
        guard let due = call.time("due") else { throw Problem.invalid("'due' is needed") }
        let id = try await call.work { try $0.proposeTask(title: title, about: filter, owner: owner, due: due, expected: expected).id }
        return try await call.reply(["number": JSON(id)])
    }

    static let decide = step(
        path: "decision", id: "decideTask", summary: "Approves or rejects a proposal, accepts what was done or sends it back.", action: "task.decide",
        among: ImprovementTask.Step.allCases.filter(\.isDecision))
    static let progress = step(
        path: "progress", id: "progressTask", summary: "Starts or finishes one's own task.", action: "task.work", among: [.start, .finish])

    private static func step(path: String, id: String, summary: String, action: String, among steps: [ImprovementTask.Step]) -> Endpoint {
        Endpoint(
            method: .post, path: "/v1/tasks/{number}/\(path)", id: id, summary: summary, action: action, variables: [number],
            content: .json(.object([.required("step", .choice(steps.map(\.rawValue))), .optional("note", note)])), reply: stepped, statuses: [.notFound]
        ) { call in
            let (number, note, step) = (Int64(call.number("number") ?? 0), call.text("note"), ImprovementTask.Step(rawValue: call.required("step"))!)
            _ = try await call.work { try $0.takeTaskStep(step, of: number, note: note) }
            return try await call.reply(["state": .string(step.state.rawValue)])
        }
    }
}

extension ImprovementTask {
    fileprivate var json: JSON {
        [
            "number": JSON(id), "state": .string(state.rawValue), "title": .string(title), "where": .string(filter.description), "owner": .string(owner),
            "due": JSON(due), "expected": .string(expected),
            "events": .array(events.map { ["step": .string($0.step.rawValue), "by": .string($0.by), "at": JSON($0.at), "note": .string($0.note)] }),
        ]
    }
}
