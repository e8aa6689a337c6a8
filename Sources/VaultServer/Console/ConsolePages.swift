import Hummingbird

extension Console {
    func addPages(to router: Router<VaultContext>) {
        on(router, .get, "/console", overview)
        on(router, .get, "/console/audit", audit)
        on(router, .get, "/console/audit/{number}", entry)
        on(router, .get, "/console/audit/{number}/proof", proof)
        on(router, .post, "/console/audit/verify", verify)
        on(router, .get, "/console/subjects") { try subjects($0) }
        on(router, .post, "/console/subjects/find", findSubject)
        on(router, .post, "/console/subjects/act", act)
        on(router, .post, "/console/subjects/show", showSubject)
        on(router, .post, "/console/subjects/mentions", decideMention)
        on(router, .get, "/console/links") { try await links($0) }
        on(router, .post, "/console/links", askLink)
        on(router, .post, "/console/links/many-named", manyNamed)
        on(router, .post, "/console/links/{number}", decideLink)
        on(router, .get, "/console/cases") { try await cases($0) }
        on(router, .post, "/console/cases", openCase)
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
