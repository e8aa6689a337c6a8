import Foundation
import Policy
import Testing

/// The default policies with one thing changed in one file.
private func loaded(_ file: String, _ old: String, _ new: String) throws -> PolicySet {
    let folder = try edited(file, old, new).folder
    defer { try? FileManager.default.removeItem(at: folder) }
    return try PolicySet.load(from: folder.path)
}

/// - Returns: the folder, and the line on which the change begins.
func edited(_ file: String, _ old: String, _ new: String) throws -> (folder: URL, line: Int) {
    let defaults = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("policies")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("policy-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: defaults, to: folder)
    let url = folder.appendingPathComponent(file)
    let text = try String(contentsOf: url, encoding: .utf8)
    let place = try #require(text.range(of: old), "the default \(file) has no '\(old)'")
    try text.replacingCharacters(in: place, with: new).write(to: url, atomically: true, encoding: .utf8)
    let ahead = zip(old.split(separator: "\n", omittingEmptySubsequences: false), new.split(separator: "\n", omittingEmptySubsequences: false)).prefix { $0 == $1 }.count
    return (folder, text[..<place.lowerBound].count { $0 == "\n" } + 1 + ahead)
}

@Suite("One mistake in the policy files gives one message")
struct PolicyMistakeTests {
    @Test(
        "whatever else names what the broken part would have defined",
        arguments: [
            ("schema.yaml", "  email:  ", "\temail:  ", "not valid YAML"),
            ("schema.yaml", "  gender:  ", "     gender:  ", "not valid YAML"),
            ("schema.yaml", "class: quasi}\n  order_no", "class: quasi\n  order_no", "not valid YAML"),
            ("schema.yaml", "    评分: attributes.rating", "    评分: attributes.rating\n    评分: channel", "'评分' is defined twice"),
            ("schema.yaml", "  email:  ", "  phone:  ", "'phone' is defined twice"),
            ("schema.yaml", "attributes.product, class: plain", "attributes.product, clas: plain", "unknown key 'clas' (did you mean 'class'?)"),
            ("schema.yaml", "attributes.product, class: plain", "attributes.product, class: public", "class must be one of"),
            ("schema.yaml", "class: direct, normalize: id, index: true, resolve: 1", "normalize: id, index: true, resolve: 1", "lacks 'class'"),
            ("schema.yaml", "index: true, resolve: 1", "index: \"yes\", resolve: 1", "index must be true or false"),
            ("schema.yaml", "{age_band: 10}", "{ageband: 10}", "unknown key 'ageband'"),
            ("schema.yaml", "{age_band: 10}", "{age_band: -10}", "must be between"),
            ("schema.yaml", "generalize: city", "generalize: town", "generalize must be"),
            ("schema.yaml", "fields:\n", "feilds:\n", "unknown key 'feilds' (did you mean 'fields'?)"),
            ("schema.yaml", "  product:     {", "  prodct:     {", ""),
            ("purposes.yaml", "  insight:  ", "\tinsight:  ", "not valid YAML"),
            ("purposes.yaml", "  insight:  ", "  operation:  ", "'operation' is defined twice"),
            ("purposes.yaml", "purposes:", "purpose:", "unknown key 'purpose' (did you mean 'purposes'?)"),
            ("purposes.yaml", "description: Running", "descripton: Running", "unknown key 'descripton'"),
            (
                "purposes.yaml", "  retention:       {description: Deleting what is no longer needed, basis: \"GDPR Art. 5(1)(e); PIPL Art. 47\"}", "  retention:",
                "must be a mapping"
            ),
            ("purposes.yaml", "  operation:  ", "  operaton:  ", ""),
            ("roles.yaml", "        minimum_group: 5", "\tminimum_group: 5", "not valid YAML"),
            ("roles.yaml", "  retention:\n", "  compliance:\n", "'compliance' is defined twice"),
            ("roles.yaml", "          product: reveal", "          prodct: reveal", "field 'prodct' is not in schema.yaml (did you mean 'product'?)"),
            ("roles.yaml", "          text: mask", "          text: generalize", "cannot be treated as generalize"),
            ("roles.yaml", "  reporting:\n    description", "  reporting:\n    extends: [manager]\n    description", ""),
            ("roles.yaml", "contribution: 5", "contribution: none", "contribution must be a whole number"),
            ("retention.yaml", "after: 1y", "afer: 1y", "unknown key 'afer' (did you mean 'after'?)"),
            ("alerts.yaml", "factor: 5, ", "factr: 5, ", "unknown key 'factr'"),
        ])
    func once(file: String, old: String, new: String, message: String) throws {
        let (folder, line) = try edited(file, old, new)
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: PolicyError.self) { try PolicySet.load(from: folder.path) }
        #expect(error?.problems.count == 1, "\(error?.description ?? "")")
        // Where a name was changed, the mistake is as much where the old one is used.
        guard !message.isEmpty else { return }
        #expect(error?.problems.first?.message.contains(message) == true && error?.problems.first?.file.hasSuffix(file) == true, "\(error?.description ?? "")")
        #expect(error?.problems.first?.line == line, "\(error?.description ?? "") is on line \(line)")
    }

    @Test("a name that is missing at several places is told with all of them")
    func places() throws {
        let error = #expect(throws: PolicyError.self) { try loaded("purposes.yaml", "  operation:  ", "  operaton:  ") }
        let message = try #require(error?.problems.first?.message)
        #expect(message.contains("(did you mean 'operaton'?); also at roles.yaml:"), "\(message)")
        #expect(message.components(separatedBy: "roles.yaml:").count == 3, "\(message)")
    }

    @Test("mistakes that have nothing to do with each other are all told")
    func several() throws {
        let (folder, _) = try edited("schema.yaml", "\n  email:  ", "\n\temail:  ")
        defer { try? FileManager.default.removeItem(at: folder) }
        let roles = folder.appendingPathComponent("roles.yaml")
        try String(contentsOf: roles, encoding: .utf8).replacingOccurrences(of: "actions: [ingest]", with: "actions: [injest]").write(to: roles, atomically: true, encoding: .utf8)
        let error = #expect(throws: PolicyError.self) { try PolicySet.load(from: folder.path) }
        #expect(error?.problems.count == 2 && error?.problems.last?.message.contains("did you mean 'ingest'?") == true, "\(error?.description ?? "")")
    }

    @Test(
        "what cannot be meant is refused",
        arguments: [
            ("schema.yaml", "resolve: 2", "resolve: 1", "same place in the order of 'resolve' as 'customer_id'"),
            ("schema.yaml", "link: join, mask: {keep_first: 3", "shared: true, mask: {keep_first: 3", "field 'phone' is either unique or shared, not both"),
            ("schema.yaml", "resolve: 3, unique: true, link: join", "resolve: 3, link: join", "field 'phone' links customers only with 'unique: true'"),
            ("schema.yaml", "resolve: 3, unique: true", "unique: true", "field 'phone' does not resolve customers: 'unique' and 'shared' need 'resolve'"),
            ("schema.yaml", "country: CN", "country: China", "'China' is not a country's code (ISO 3166) of two letters, such as CN"),
            ("schema.yaml", "path: attributes.kind", "path: text", "which every record has of its own"),
            ("schema.yaml", "never: []\n  always: []", "never: [海尔]\n  always: [海尔]", "listed under both 'always' and 'never'"),
            ("schema.yaml", "never: []", "never: [\"\"]", "is empty"),
            ("roles.yaml", "budget: 2,", "budget: 0.1,", "pays for no figure at all"),
            ("roles.yaml", "epsilon: 0.5, budget: 2", "epsilon: 11", "pays for no figure at all"),
            ("roles.yaml", "noise: laplace, contribution", "noise: gaussian, continual: true, contribution", "'continual' needs 'noise: laplace'"),
            ("roles.yaml", "minimum_group: 5", "hours: {days: [], from: \"08:00\", to: \"19:00\"}", "would never apply"),
            ("roles.yaml", "minimum_group: 5", "hours: {from: \"8:5\", to: \"19:00\"}", "a time of day must be"),
            ("purposes.yaml", "basis: \"GDPR Art. 32; PIPL Art. 51\"", "basis: \"\"", "the basis of purpose 'operation' is empty"),
            ("retention.yaml", "channels: [hotline]", "channels: []", "leave it out where the rule is for all channels"),
            ("retention.yaml", "remove: [direct, quasi, text, unclassified], after: 1y", "remove: [], after: 1y", "remove must be 'record' or a list"),
            (
                "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: \"\", keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
                "the audience is empty"
            ),
        ])
    func refused(file: String, old: String, new: String, message: String) throws {
        let error = #expect(throws: PolicyError.self) { try loaded(file, old, new) }
        #expect(error?.problems.count == 1 && error?.problems.first?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "what could be meant, but hardly is, is warned of",
        arguments: [
            ("schema.yaml", "    编号: id", "    编号: attributes.nothing", "column '编号' becomes 'attributes.nothing', which no field has"),
            ("schema.yaml", "path: attributes.kind", "path: atributes.kind", "did you mean 'attributes.kind'?"),
            ("schema.yaml", "path: attributes.kind, class: plain", "path: attributes.kind, class: plain, normalize: id", "'normalize' has no effect"),
            ("schema.yaml", "path: attributes.kind, class: plain", "path: attributes.kind, class: plain, bounds: {min: 1, max: 2}", "'bounds' has no effect"),
            ("schema.yaml", "Asia/Shanghai", "CST", "is short for several zones"),
            ("schema.yaml", "earliest: 1990-01-01", "earliest: 2990-01-01", "every record would be rejected"),
            ("roles.yaml", "actions: [ingest]", "actions: []", "has no action and allows nothing"),
            ("roles.yaml", "actions: [ingest]", "actions: [ingest, ingest]", "appears twice"),
            ("roles.yaml", "purposes: [operation]\n        actions: [ingest]", "purposes: []\n        actions: [ingest]", "is for no purpose and allows nothing"),
            ("roles.yaml", "  agent:\n", "  Agent Smith:\n", "role 'Agent Smith' is hard to name"),
            ("roles.yaml", "actions: [ingest]", "actions: [ingest]\n        page: 10", "'page' has no effect in grant 'intake'"),
            ("roles.yaml", "actions: [ingest]", "actions: [ingest]\n        rows: channel = 'app'", "'rows' has no effect in grant 'intake'"),
            ("roles.yaml", "actions: [ingest]", "actions: [ingest, reveal]", "which needs a field with treatment reveal"),
            ("roles.yaml", "actions: [ingest]", "actions: [ingest]\n        quotas: {lookup: 5}", "quota 'lookup' has no effect"),
            ("roles.yaml", "reveal.national_id: 20", "reveal.national_id: 2000", "never reached"),
            ("roles.yaml", "noise: laplace, ", "", "'epsilon' has no effect without 'noise: laplace' or 'gaussian'"),
            (
                "roles.yaml", "      - name: call-back\n",
                "      - {name: again, purposes: [follow-up], actions: [query], fields: {product: reveal, rating: reveal}, rows: channel = 'app'}\n      - name: call-back\n",
                "grant 'again' of role 'agent' never decides: 'worklist'"
            ),
            (
                "roles.yaml", "      - name: call-back\n",
                "      - {name: again, purposes: [follow-up], actions: [query, annotate], fields: {rating: reveal}}\n      - name: call-back\n", "query never decides: 'worklist'"
            ),
            (
                "roles.yaml", "          phone: mask\n        # Rows", "          phone: mask\n          text: mask\n        # Rows",
                "purposes 'follow-up' (agent/worklist) and 'insight' (analyst/insight, classification/coding) can be linked: rows of both show the text"
            ),
            (
                "roles.yaml", "      - name: call-back\n",
                "      - {name: seen, purposes: [follow-up, insight], actions: [query], fields: {occurred_at: reveal}, times: exact}\n      - name: call-back\n",
                "purposes 'follow-up' (agent/seen) and 'insight' (agent/seen) can be linked: rows of both show times finer than a day"
            ),
            ("roles.yaml", "  ingest:\n", "  idle: {description: x, grants: []}\n  ingest:\n", "role 'idle' has no grant"),
            ("roles.yaml", "actions: [approval.decide, audit.read", "actions: [audit.read", "no role may approval.decide"),
            ("roles.yaml", "actions: [token.issue, ", "actions: [", "no role may token.issue"),
            ("purposes.yaml", "purposes:\n", "purposes:\n  marketing: {description: x, basis: y}\n", "no grant is for purpose 'marketing'"),
            ("retention.yaml", "channels: [hotline]", "channels: [hotlin]", "did you mean 'hotline'?"),
            ("retention.yaml", "remove: record, after: 3y", "remove: record, after: 1y", "rule 'everything' leaves nothing for 'hotline-identity', 'identity' to remove"),
            ("retention.yaml", "idle: 7d}", "idle: 7d, source: [/nonexistent/clock]}", "'/nonexistent/clock' is not a program"),
            ("alerts.yaml", "command: []", "command: [/nonexistent/x]", "'/nonexistent/x' is not a program"),
            ("alerts.yaml", "command: []", "command: [no-such-program-anywhere]", "is not a program in any folder of PATH"),
            ("alerts.yaml", "days: [mon, tue, wed, thu, fri], from: \"08:00\", to: \"19:00\"", "from: \"00:00\", to: \"24:00\"", "no time is outside 'office_hours'"),
            ("alerts.yaml", "actions: [reveal]}", "actions: []}", "every action counts"),
            ("alerts.yaml", "outcome: denied}", "outcome: denied}\n  - {name: again, frequency: {count: 10, minutes: 10}, outcome: denied}", "watches the same as 'denials'"),
            ("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: []}]", "gives nobody a role"),
            (
                "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: nofile.json, roles: [{claim: g, value: v, role: analyst}]}]",
                "does not exist"
            ),
            ("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: roles.yaml, roles: [{claim: g, value: v, role: analyst}]}]", "not a JWK Set"),
            (
                "principals.yaml", "issuers: []", "issuers: [{issuer: \"http://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
                "has no https: address"
            ),
            (
                "principals.yaml", "issuers: []",
                "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}, {claim: g, value: v, role: agent}]}]",
                "this rule never decides"
            ),
        ])
    func warned(file: String, old: String, new: String, message: String) throws {
        let warnings = try loaded(file, old, new).warnings
        #expect(warnings.contains { $0.message.contains(message) && $0.file.contains("policy-") }, "\(warnings)")
        #expect(warnings.allSatisfy { $0.line > 0 }, "\(warnings)")
    }

    @Test("nothing is warned of in the policies that come with the vault")
    func shipped() throws {
        #expect(try loaded("roles.yaml", "version: 1", "version: 1").warnings.isEmpty)
        let (folder, _) = try edited("codeframe.yaml", "version: 1", "version: 1")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try CodeFrameFile.load(folder.path + "/codeframe.yaml").warnings.isEmpty)
    }

    @Test("an optional file whose name is misspelt is warned of")
    func misnamed() throws {
        let (folder, _) = try edited("roles.yaml", "version: 1", "version: 1")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.moveItem(at: folder.appendingPathComponent("alerts.yaml"), to: folder.appendingPathComponent("alert.yaml"))
        let warnings = try PolicySet.load(from: folder.path).warnings
        #expect(warnings.count == 1 && warnings.first?.message.contains("did you mean 'alerts.yaml'?") == true, "\(warnings)")
    }
}

@Suite("What a policy changes against another")
struct PolicyDifferenceTests {
    private func lines(_ file: String, _ old: String, _ new: String) throws -> [String] {
        PolicyDifference(from: try loaded("roles.yaml", "version: 1", "version: 1"), to: try loaded(file, old, new)).lines
    }

    @Test(
        "it says for whom, and what",
        arguments: [
            ("roles.yaml", "version: 1", "# nothing\nversion: 1", []),
            (
                "roles.yaml", "          source: reveal\n", "",
                ["analyst, query for insight: source is now denied (before: reveal)", "analyst, task.propose for insight: source is now denied (before: reveal)"]
            ),
            (
                "roles.yaml", "          phone: mask\n          email: mask\n", "          phone: pseudonym\n          email: pseudonym\n",
                [
                    "compliance, lookup for subject-request: email, phone are now pseudonym (before: mask)",
                    "compliance, query for subject-request: email, phone are now pseudonym (before: mask)",
                ]
            ),
            ("roles.yaml", "actions: [ingest]", "actions: [ingest, doctor]", ["ingest may now doctor for operation"]),
            (
                "roles.yaml", "actions: [approval.decide, audit.read, audit.verify]", "actions: [approval.decide, audit.verify]",
                ["privacy-lead may no longer audit.read for compliance"]
            ),
            ("roles.yaml", "  ingest:\n", "  loader:\n", ["role ingest is gone: nobody can sign in with its tokens", "role loader is new: it may ingest"]),
            (
                "roles.yaml", "minimum_group: 5", "minimum_group: 3",
                ["analyst, query for insight: smallest group shown 3 (before: 5)", "analyst, query for insight: smallest group behind a search 3 (before: 5)"]
            ),
            (
                "roles.yaml", "        page: 1000\n", "        page: 1000\n        rows: channel = 'app'\n",
                ["analyst, query for insight: records that meet channel = 'app' (before: any condition)"]
            ),
            ("schema.yaml", "country: CN", "country: SG", ["country of telephone numbers: SG (before: CN)"]),
            ("schema.yaml", "phone, index: true, resolve: 3", "phone, index: true, resolve: 6", ["field phone: place in the order of 'resolve' 6 (before: 3)"]),
            ("schema.yaml", "Asia/Shanghai", "Europe/Berlin", ["time zone: Europe/Berlin (before: Asia/Shanghai)"]),
            ("retention.yaml", "after: 2y", "after: 1y", ["retention rule identity: age in days 365 (before: 730)"]),
            ("alerts.yaml", "  - {name: dormant, dormant: {days: 60}}\n", "", ["alert dormant is gone"]),
            (
                "alerts.yaml", "drop: rating, by: [product]", "drop: rating, unit: month",
                [
                    "alert on feedback rating-drop: by nothing (before: product)", "alert on feedback rating-drop: unit month (before: week)",
                    "alert on feedback rating-drop: compared with 12 before (before: 13 before)",
                ]
            ),
            ("alerts.yaml", "feedback:\n", "feedback:\n  command: [cat]\n", ["command of alerts on feedback: cat (before: that of alerts)"]),
            ("purposes.yaml", "GDPR Art. 32; PIPL Art. 51", "GDPR Art. 32", ["purpose operation: basis GDPR Art. 32 (before: GDPR Art. 32; PIPL Art. 51)"]),
        ])
    func words(file: String, old: String, new: String, expected: [String]) throws {
        let found = try lines(file, old, new)
        #expect(found.sorted() == expected.sorted(), "\(found)")
    }

    @Test("what was asked once is decided under both")
    func replay() throws {
        let difference = PolicyDifference(from: try loaded("roles.yaml", "version: 1", "version: 1"), to: try loaded("roles.yaml", "          product: reveal\n", ""))
        func decision(_ fields: [String]) -> String? {
            difference.decision(about: AccessRequest(role: "analyst", action: .query, purpose: "insight", fields: fields, weekday: 3, minute: 700))
        }
        #expect(decision(["rating"]) == nil && decision(["phone"]) == nil)
        #expect(decision(["text", "product"]) == "analyst, query of product, text for insight: denied (before: allowed, text as mask)")
    }
}
