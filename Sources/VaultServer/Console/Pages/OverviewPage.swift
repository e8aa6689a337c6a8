import Hummingbird
import VaultAPI

extension Console {
    @Sendable func intake(_ visit: Visit) async throws -> Response {
        let found = try await visit.perform(ListRuns()).reply
        return try visit.page(visit.words.intake) { page in page.intake(found) }
    }

    @Sendable func overview(_ visit: Visit) async throws -> Response {
        // Everybody begins where they work.
        if let first = visit.places.first, first.path != "/console" { return .redirect(to: first.path) }
        let inbox = try await visit.perform(ShowInbox()).reply.items
        guard visit.may(.doctor) else { return try visit.page(visit.words.overview) { page in page.overview(nil, inbox: inbox) } }
        let found = try await visit.perform(Overview()).reply
        return try visit.page(visit.words.overview) { page in page.overview(found, inbox: inbox) }
    }
}
