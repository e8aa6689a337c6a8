import Hummingbird

extension Console {
    func addPages(to router: Router<VaultContext>) {
        on(router, .get, "/console", overview)
        on(router, .get, "/console/account") { try account($0) }
        on(router, .get, "/console/dashboard", dashboard)
        on(router, .get, "/console/texts", texts)
        on(router, .post, "/console/texts", texts)
        on(router, .get, "/console/improvements", board)
        on(router, .post, "/console/improvements", propose)
        on(router, .get, "/console/improvements/new", newImprovement)
        on(router, .get, "/console/improvements/{number}", improvement)
        on(router, .post, "/console/improvements/{number}", takeStep)
        on(router, .get, "/console/worklist", worklist)
        on(router, .get, "/console/worklist/{record}", call)
        on(router, .post, "/console/worklist/{record}", call)
        on(router, .post, "/console/worklist/{record}/outcome", recordOutcome)
        on(router, .get, "/console/tokens", tokens)
        on(router, .post, "/console/tokens", issueToken)
        on(router, .post, "/console/tokens/{id}/approve", approveToken)
        on(router, .get, "/console/tokens/{id}/revoke", askRevocation)
        on(router, .post, "/console/tokens/{id}/revoke", revokeToken)
        on(router, .get, "/console/keys", keys)
        on(router, .get, "/console/health", health)
        on(router, .get, "/console/sessions", sessionList)
        on(router, .post, "/console/sessions/end", endSession)
        on(router, .get, "/console/audit", audit)
        on(router, .get, "/console/audit/{number}", entry)
        on(router, .get, "/console/audit/{number}/proof", proof)
        on(router, .post, "/console/audit/verify", verify)
        on(router, .get, "/console/subjects") { try subjects($0) }
        on(router, .post, "/console/subjects/find", findSubject)
        on(router, .post, "/console/subjects/open") { try openSubject($0) }
        on(router, .post, "/console/subjects/act", act)
        on(router, .post, "/console/subjects/show", showSubject)
        on(router, .post, "/console/subjects/mentions", decideMention)
        on(router, .get, "/console/links") { try await links($0) }
        on(router, .post, "/console/links", askLink)
        on(router, .post, "/console/links/many-named", manyNamed)
        on(router, .post, "/console/links/{number}", decideLink)
        on(router, .get, "/console/cases") { try await cases($0) }
        on(router, .post, "/console/cases", openCase)
        on(router, .get, "/console/cases/{number}", casePage)
        on(router, .post, "/console/cases/{number}/close", closeCase)
        on(router, .post, "/console/cases/tasks", askTask)
        on(router, .post, "/console/cases/{number}/tasks/{task}", answerTask)
        on(router, .get, "/console/approvals") { try await approvals($0) }
        on(router, .post, "/console/approvals/{number}", decide)
        on(router, .get, "/console/policies", policies)
        on(router, .get, "/console/retention", retention)
        on(router, .get, "/console/intake", intake)
        on(router, .get, "/console/query") { try queryPage($0) }
        on(router, .post, "/console/query", query)
        on(router, .post, "/console/query.csv", queryCSV)
    }
}
