import Hummingbird
import VaultAPI

extension Console {
    @Sendable func overview(_ visit: Visit) async throws -> Response {
        guard visit.may(.doctor) else {
            // Whoever has no overview begins where they work.
            if visit.may(.query) { return .redirect(to: "/console/query") }
            if visit.may(.auditRead) { return .redirect(to: "/console/audit") }
            return try visit.page(visit.words.overview) { page in page.overview(nil) }
        }
        let found = try await visit.perform(Overview()).reply
        return try visit.page(visit.words.overview) { page in page.overview(found) }
    }
}
