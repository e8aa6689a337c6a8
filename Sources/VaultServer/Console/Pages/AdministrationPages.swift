import Hummingbird
import Pages
import VaultAPI
import VoCVault

extension Console {
    // MARK: Tokens

    @Sendable func tokens(_ visit: Visit) async throws -> Response { try await tokens(visit, message: nil) }

    private func tokens(_ visit: Visit, issued: IssueToken.Reply? = nil, asked: [String: String] = [:], message: ConsolePage.Message?) async throws -> Response {
        let tokens = try await visit.perform(ListTokens()).reply.tokens
        let policies = visit.session.policies
        let roles = visit.may(.tokenIssue) ? policies.roles.values.filter { !$0.isNobodys }.map(\.name).sorted() : []
        return try visit.page(visit.words.tokens, message: message) { page in
            page.tokens(
                tokens, issued: issued, roles: roles, days: policies.tokens.days, mayRevoke: visit.may(.tokenRevoke), showsEnded: visit.form["ended"] == "true",
                at: visit.session.now, asked: asked)
        }
    }

    @Sendable func issueToken(_ visit: Visit) async throws -> Response {
        guard let principal = visit.form["principal"], let role = visit.form["role"] else { throw Problem.invalid("'principal' and 'role' are needed") }
        do {
            let issued = try await visit.perform(IssueToken(principal: principal, role: role, days: visit.form["days"].flatMap { Int($0) })).reply
            return try await tokens(visit, issued: issued, message: nil)
        } catch let error as VaultError {
            guard [.invalid, .conflict].contains(error.failure) else { throw error }
            return try await tokens(visit, asked: visit.form.asked, message: .init(visit.words.problem, detail: "\(error)", isBad: true))
        }
    }

    private static func id(of visit: Visit) throws -> String {
        guard let id = visit.context.parameters.get("id") else { throw Problem.notFound }
        return id
    }

    @Sendable func approveToken(_ visit: Visit) async throws -> Response {
        let of = try await visit.perform(ApproveToken(id: try Self.id(of: visit))).reply
        return try await tokens(visit, message: .init("\(visit.words.done)\(visit.words.colon)\(of.principal) (\(of.role))"))
    }

    @Sendable func askRevocation(_ visit: Visit) async throws -> Response {
        let id = try Self.id(of: visit)
        let of = try await visit.perform(RevokeToken(id: id, dryRun: true)).reply
        return try visit.page(visit.words("吊销令牌", "Revoke a token")) { page in page.revoking(id, principal: of.principal, role: of.role) }
    }

    @Sendable func revokeToken(_ visit: Visit) async throws -> Response {
        let of = try await visit.perform(RevokeToken(id: try Self.id(of: visit), reason: visit.form["reason"])).reply
        // Whoever has revoked their own is signed out with it.
        return try await tokens(visit, message: .init("\(visit.words.done)\(visit.words.colon)\(of.principal) (\(of.role))"))
    }

    // MARK: Keys and health

    @Sendable func keys(_ visit: Visit) async throws -> Response {
        let found = try await visit.perform(ListKeys()).reply
        return try visit.page(visit.words.keys) { page in page.keyPage(found) }
    }

    @Sendable func health(_ visit: Visit) async throws -> Response {
        let findings = try await visit.perform(Examine()).reply.findings
        return try visit.page(visit.words.health) { page in page.healthPage(findings) }
    }

    // MARK: Sessions

    @Sendable func account(_ visit: Visit) throws -> Response {
        let own = sessions.list(own: visit.number).filter { $0.principal == visit.session.principal }
        let actions = visit.session.capabilities.actions.map(\.rawValue).sorted()
        return try visit.page(visit.words.account) { page in page.accountPage(own, actions: actions) }
    }

    @Sendable func sessionList(_ visit: Visit) async throws -> Response {
        // Who has signed in is told to whom it is told of tokens, and leaves the same entry.
        _ = try await visit.perform(ListTokens())
        let all = sessions.list(own: visit.number)
        return try visit.page(visit.words.sessions) { page in page.sessionPage(all) }
    }

    /// Ends a session: one's own, or another's for somebody who revokes tokens.
    @Sendable func endSession(_ visit: Visit) async throws -> Response {
        guard let name = visit.form["session"], let found = sessions.list(own: visit.number).first(where: { $0.name == name }) else { throw Problem.notFound }
        if found.principal != visit.session.principal {
            let session = visit.session
            try await services.served.work(.short, for: session.principal) { try session.noteEndedSession(of: found.principal) }
        }
        sessions.end(named: name)
        if found.isOwn { return .redirect(to: "/console/sign-in") }
        return .redirect(to: found.principal == visit.session.principal ? "/console/account" : "/console/sessions")
    }
}
