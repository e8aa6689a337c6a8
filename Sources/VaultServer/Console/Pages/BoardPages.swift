import Foundation
import Hummingbird
import Pages
import RedactedAPI
import VaultAPI
import VoCVault

extension Console.Visit {
    var part: ConsolePage.Part { .init(proposes: may(.taskPropose), decides: may(.taskDecide), works: may(.taskWork)) }

    /// Where the feedback of a condition can be read, for somebody who may.
    func textsPath(where condition: String) -> String? {
        guard session.capabilities.studies, let quoted = condition.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else { return nil }
        return "/console/texts?period=all&where=\(quoted)"
    }
}

extension Console {
    @Sendable func board(_ visit: Visit) async throws -> Response {
        let tasks = try await visit.perform(ListTasks()).reply.tasks
        return try visit.page(visit.words.improvements) { page in
            page.board(tasks, part: visit.part, showsEnded: visit.form["ended"] == "true", at: visit.session.now)
        }
    }

    @Sendable func improvement(_ visit: Visit) async throws -> Response { try await improvement(visit, message: nil) }

    private func improvement(_ visit: Visit, message: ConsolePage.Message?) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let task = try await visit.perform(ListTasks()).reply.tasks.first(where: { $0.id == number }) else { throw Problem.notFound }
        let purpose = visit.purpose(for: .query)
        let canMeasure = purpose != nil && task.finished != nil
        var effect: ConsolePage.MeasuredEffect?
        if visit.form["effect"] == "true", canMeasure, let purpose {
            effect = try await ConsolePage.effect(of: task, in: VisitSource(visit: visit, view: "improvement"), purpose: purpose, now: visit.session.now)
        }
        return try visit.page("#\(task.id) \(task.title)", message: message) { page in
            page.improvement(
                task, part: visit.part, effect: effect, canMeasure: canMeasure, texts: visit.textsPath(where: task.filter.description), at: visit.session.now)
        }
    }

    @Sendable func takeStep(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let step = visit.form["step"].flatMap(ImprovementTask.Step.init(rawValue:)), step != .propose else { throw Problem.invalid("'step' is needed") }
        let words = visit.words
        do {
            if step.isDecision {
                _ = try await visit.perform(DecideTask(number: number, step: step, note: visit.form["note"]))
            } else {
                _ = try await visit.perform(ProgressTask(number: number, step: step, note: visit.form["note"]))
            }
        } catch VaultError.invalid(let reason) {
            // Such as a note that is missing: the page says so, and stays.
            return try await improvement(visit, message: .init(words.problem, detail: reason, isBad: true))
        }
        return try await improvement(visit, message: .init(words.done))
    }

    @Sendable func newImprovement(_ visit: Visit) async throws -> Response {
        try visit.page(visit.words.command(.propose)) { page in page.proposing(visit.form.asked, fault: nil) }
    }

    @Sendable func propose(_ visit: Visit) async throws -> Response {
        let form = visit.form
        let words = visit.words
        func again(_ fault: String) throws -> Response { try visit.page(words.command(.propose)) { page in page.proposing(form.asked, fault: fault) } }
        guard let title = form["title"], let owner = form["owner"], let due = try form.time("due") else {
            return try again(words("请填写名称、负责人和期限", "Give a title, an owner and a date"))
        }
        do {
            let condition = try Condition(parsing: form["where"] ?? "")
            let number = try await visit.perform(ProposeTask(title: title, where: condition, owner: owner, due: due, expected: form["expected"])).reply.number
            return .redirect(to: "/console/improvements/\(number)")
        } catch let error as ExpressionError {
            return try again("\(words("涉及的反馈", "Feedback that it concerns"))\(words.colon)\(error)")
        } catch VaultError.invalid(let reason) {
            return try again(reason)
        }
    }
}
