import Hummingbird
import Pages
import VaultAPI

extension Console {
    func links(_ visit: Visit, looksForNames: Bool = false, message: String? = nil) async throws -> Response {
        let (purpose, decided) = (visit.purpose(for: .subjectLink) ?? "none", visit.form["decided"] == "true")
        let links = try await visit.perform(ListLinks(purpose: purpose, all: decided)).reply.links
        let names = looksForNames ? try await visit.perform(ListManyNamed(purpose: purpose)).reply.customers : nil
        return try visit.page(visit.words.links, message: message.map { .init($0) }) { page in
            page.links(links, showsDecided: decided, manyNamed: names, for: visit.session.principal)
        }
    }

    @Sendable func manyNamed(_ visit: Visit) async throws -> Response { try await links(visit, looksForNames: true) }

    @Sendable func askLink(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let kind = visit.form["kind"].flatMap(LinkKind.init(rawValue:)) else {
            throw Problem.invalid("'subject' and 'kind' are needed")
        }
        let purpose = visit.purpose(for: .subjectLink) ?? "none"
        let asked = try await visit.perform(
            AskLink(kind: kind, subject: subject, other: visit.form["other"], record: visit.form["record"], purpose: purpose, reason: visit.form["reason"] ?? "")
        ).reply
        return try await links(visit, message: "\(visit.words.done): #\(asked.number)")
    }

    @Sendable func decideLink(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let decision = visit.form["decision"].flatMap(LinkDecision.init(rawValue:)) else { throw Problem.invalid("'decision' is needed") }
        let (purpose, reason) = (visit.purpose(for: .subjectLink) ?? "none", visit.form["reason"] ?? "")
        let done = try await visit.perform(DecideLink(number: number, decision: decision, purpose: purpose, reason: reason)).reply
        let state = done.state == "proposed" ? visit.words.secondPerson : visit.words.linkState(done.state)
        return try await links(visit, message: "#\(number)\(visit.words.colon)\(state)")
    }
}
