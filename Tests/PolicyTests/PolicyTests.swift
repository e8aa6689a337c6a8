import Foundation
import Policy
import Testing

@Suite("Policy")
struct PolicyTests {
    private static let defaults = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("policies")

    /// Loads the default policies with one file changed.
    private func load(_ file: String = "", replacing old: String = "", with new: String = "") throws -> PolicySet {
        let folder = try copy(file, replacing: old, with: new)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try PolicySet.load(from: folder.path)
    }

    private func copy(_ file: String, replacing old: String, with new: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("policy-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Self.defaults, to: folder)
        if !file.isEmpty {
            let url = folder.appendingPathComponent(file)
            let text = try String(contentsOf: url, encoding: .utf8)
            try #require(text.contains(old), "the default \(file) has no '\(old)'")
            try text.replacing(old, with: new, maxReplacements: 1).write(to: url, atomically: true, encoding: .utf8)
        }
        return folder
    }

    @Test("the default policies load, and their own cases hold")
    func defaults() throws {
        let policy = try PolicySet.load(from: Self.defaults.path)
        let cases = try PolicyCase.load(from: Self.defaults.path)
        #expect(cases.count >= 20)
        for test in cases { #expect(test.failure(under: policy) == nil, "\(test.name)") }
        try PolicyCase.requireKnownNames(cases, in: policy)
    }

    @Test("without their sections, clock, ceiling and the time of records are as the default files have them")
    func missingSections() throws {
        let whole = try load()
        let bare = try load("retention.yaml", replacing: "clock: {jump: 1d, idle: 7d}")
        let open = try load("retention.yaml", replacing: "ceiling: {records: 100000, percent: 20, smallest: 1000}")
        let free = try load("schema.yaml", replacing: "occurred_at: {earliest: 1990-01-01, latest_ahead: 1d}")
        #expect(bare.clock == whole.clock && open.ceiling == whole.ceiling && free.occurrence == whole.occurrence)
        #expect(whole.clock.source.isEmpty && whole.clock.jump == 86_400_000 && whole.occurrence.earliestTime == 631_152_000_000)
        #expect(!whole.ceiling.isExceeded(by: 1000, of: 1000) && whole.ceiling.isExceeded(by: 1001, of: 5004))
        #expect(!whole.ceiling.isExceeded(by: 1001, of: 5005) && whole.ceiling.isExceeded(by: 100_001, of: 100_000_000))
    }

    @Test("a case that does not hold is reported with what was decided")
    func failingCase() throws {
        let policy = try PolicySet.load(from: Self.defaults.path)
        var test = try PolicyCase.load(from: Self.defaults.path)[0]
        test.expected = "reveal"
        #expect(test.failure(under: policy)?.hasPrefix("mask") == true)
    }

    @Test("a case that asks for a name that is not there proves nothing, and is named", arguments: [
        ("role: analyst, action: query, purpose: insight, field: phone,", "role: analyst, action: query, purpose: insight, field: phnoe,", "asks for field 'phnoe', which is not there (did you mean 'phone'?)"),
        ("role: agent, action: reveal, purpose: follow-up, field: text,", "role: agnet, action: reveal, purpose: follow-up, field: text,", "asks for role 'agnet', which is not there (did you mean 'agent'?)"),
    ])
    func unknownNames(old: String, new: String, message: String) throws {
        let error = #expect(throws: PolicyError.self) {
            let folder = try self.copy("tests/defaults.yaml", replacing: old, with: new)
            defer { try? FileManager.default.removeItem(at: folder) }
            try PolicyCase.requireKnownNames(PolicyCase.load(from: folder.path), in: PolicySet.load(from: folder.path))
        }
        #expect(error?.problems.count == 1 && error?.problems[0].message.contains(message) == true && (error?.problems[0].line ?? 0) > 0, "\(error?.description ?? "")")
    }

    @Test("a case's time of day is one", arguments: ["soon", "25:00", "12", "12:60", "\"\""])
    func caseTimes(time: String) throws {
        let error = #expect(throws: PolicyError.self) {
            let folder = try self.copy("tests/defaults.yaml", replacing: "role: analyst, action: query,", with: "role: analyst, time: \(time), action: query,")
            defer { try? FileManager.default.removeItem(at: folder) }
            return try PolicyCase.load(from: folder.path)
        }
        #expect(error?.description.contains("a time of day must be") == true)
    }

    @Test("problems name file, line and the nearest known name", arguments: [
        ("schema.yaml", "class: plain}", "clas: plain}", "unknown key 'clas' (did you mean 'class'?)"),
        ("schema.yaml", "class: plain}", "class: plaim}", "not 'plaim' (did you mean 'plain'?)"),
        ("schema.yaml", "index: true, resolve: 1", "index: false, resolve: 1", "needs 'index: true'"),
        ("schema.yaml", "path: customer.email", "path: customer.phone", "same path as 'phone'"),
        ("schema.yaml", "  gender: ", "  name: ", "'name' is defined twice"),
        ("schema.yaml", "  gender: ", "  text: ", "'text' is built in"),
        ("schema.yaml", "type: date, ", "", "must have type date"),
        ("schema.yaml", "Asia/Shanghai", "Asia/Shanghigh", "not an IANA time zone"),
        ("schema.yaml", "version: 1", "version: 2", "version must be 1"),
        ("schema.yaml", "{age_band: 10}", "{age_band: ten}", "must be a whole number"),
        ("roles.yaml", "purposes: [insight]", "purposes: [insigt]", "purpose 'insigt' is not in purposes.yaml (did you mean 'insight'?)"),
        ("roles.yaml", "actions: [query]", "actions: [qery]", "did you mean 'query'?"),
        ("roles.yaml", "          birth_date: generalize", "          birthdate: generalize", "field 'birthdate' is not in schema.yaml (did you mean 'birth_date'?)"),
        ("roles.yaml", "birth_date: generalize", "birth_date: mask", "cannot be treated as mask"),
        ("roles.yaml", "text: mask", "text: reveal", "gives plaintext of 'text' to action query"),
        ("roles.yaml", "    description: Studies", "    extends: [analyst]\n    description: Studies", "in a circle: analyst → analyst"),
        ("roles.yaml", "    description: Studies", "    extends: [analist]\n    description: Studies", "extends 'analist', which is not defined (did you mean 'analyst'?)"),
        ("roles.yaml", "minimum_group: 5", "minimum_group: 0", "must be between 1 and"),
        ("roles.yaml", "minimum_group: 5", "hours: {from: \"20:00\", to: \"07:00\"}", "must begin before they end"),
        ("roles.yaml", "  agent:", "  analyst:", "'analyst' is defined twice"),
        ("roles.yaml", "name: subject-rights", "name: audit", "two grants named 'audit'"),
        ("roles.yaml", "      - name: find-customer\n", "      - name: find-customer\n        rows: channel = 'app'\n", "also allows actions on whole customers (lookup)"),
        ("roles.yaml", "      - name: insight\n", "      - name: insight\n        rows: [rating, 1]\n", "rows must be text, not a list"),
        ("retention.yaml", "after: 1y", "after: soon", "after must be a number with d, m or y"),
        ("retention.yaml", "keep: 3y", "keep: 4y", "keep must be at most 3y"),
        ("retention.yaml", "identifiers: []", "identifiers: [phon]", "field 'phon' is not in schema.yaml (did you mean 'phone'?)"),
        ("retention.yaml", "identifiers: []", "identifiers: [product]", "'product' cannot identify a customer"),
        ("retention.yaml", "name: everything", "name: identity", "two rules are named 'identity'"),
        ("retention.yaml", "remove: record", "remove: all", "remove must be 'record' or a list"),
        ("retention.yaml", "jump: 1d", "jump: 1w", "jump must be a number with m, h or d, such as 12h or 7d"),
        ("retention.yaml", "idle: 7d}", "idle: 7d, source: []}", "source must be a command"),
        ("retention.yaml", "idle: 7d}", "idel: 7d}", "unknown key 'idel' (did you mean 'idle'?)"),
        ("retention.yaml", "percent: 20", "percent: 120", "percent must be between 0 and 100"),
        ("schema.yaml", "earliest: 1990-01-01", "earliest: 1990-02-31", "earliest must be a day such as 1990-01-01"),
        ("schema.yaml", "latest_ahead: 1d", "latest_ahead: -1d", "latest_ahead must be a number with m, h or d"),
        ("purposes.yaml", "purposes:", "purposes: [", "not valid YAML"),
        ("alerts.yaml", "actions: [reveal]", "actions: [reveel]", "did you mean 'reveal'?"),
        ("alerts.yaml", "name: many-reveals", "name: unusual-volume", "two rules are named 'unusual-volume'"),
        ("alerts.yaml", "dormant: {days: 60}", "dormant: {days: 0}", "must be between 1 and"),
        ("alerts.yaml", "dormant: {days: 60}", "sleepy: {days: 60}", "unknown key 'sleepy' (known: name, actions, outcome, except_roles, volume, frequency, out_of_hours, dormant, deadline)"),
        ("alerts.yaml", "out_of_hours: true", "out_of_hours: false", "can only be true"),
        ("alerts.yaml", "outcome: denied}", "outcome: allowed}", "outcome must be one of denied, empty, suppressed"),
        ("alerts.yaml", "except_roles: [classification", "except_roles: [clasification", "did you mean 'classification'?"),
        ("alerts.yaml", "count: 30, minutes: 10", "count: 30", "lacks 'minutes'"),
    ])
    func problems(file: String, old: String, new: String, message: String) throws {
        let error = #expect(throws: PolicyError.self) { try self.load(file, replacing: old, with: new) }
        let problem = error?.problems.first { $0.message.contains(message) }
        #expect(problem != nil, "\(error?.description ?? "")")
        #expect(problem?.file.hasSuffix(file) == true && problem?.line ?? 0 > 0)
    }

    @Test("the line of a problem is the line of the key")
    func lines() throws {
        let text = try String(contentsOf: Self.defaults.appendingPathComponent("schema.yaml"), encoding: .utf8)
        let expected = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("gender:") }! + 1
        let error = #expect(throws: PolicyError.self) {
            try self.load("schema.yaml", replacing: "path: customer.gender", with: "paths: customer.gender")
        }
        #expect(error?.problems.contains { $0.line == expected && $0.message.contains("unknown key 'paths'") } == true)
    }

    @Test("a circle of several roles is found")
    func circle() {
        let error = #expect(throws: PolicyError.self) {
            try self.load("roles.yaml", replacing: "  retention:\n", with: "  a: {description: x, extends: [b]}\n  b: {description: x, extends: [a]}\n  retention:\n")
        }
        #expect(error?.description.contains("b → a → b") == true)
    }

    private func decide(
        _ policy: PolicySet, _ role: String, _ action: Action, _ purpose: String, _ fields: [String] = [], weekday: Int = 3, minute: Int = 720
    ) -> Decision {
        policy.decide(AccessRequest(role: role, action: action, purpose: purpose, fields: fields, weekday: weekday, minute: minute))
    }

    @Test("everything that no grant allows is denied: every role, action, purpose and field")
    func denyByDefault() throws {
        let policy = try load()
        for role in policy.roles.values {
            for action in Action.allCases {
                for purpose in policy.purposes.keys {
                    for field in policy.fieldNames + ["unheard_of"] {
                        let decision = decide(policy, role.name, action, purpose, [field])
                        let granted = role.grants.contains {
                            $0.actions.contains(action) && $0.purposes.contains(purpose) && ($0.fields[field] ?? .deny) != .deny
                                && (action != .reveal || $0.fields[field] == .reveal || field == "text" && $0.fields[field] == .mask)
                        }
                        #expect(decision.isAllowed == granted, "\(role.name) \(action) \(purpose) \(field)")
                    }
                }
            }
        }
        #expect(!decide(policy, "nobody", .query, "insight").isAllowed)
        #expect(!decide(policy, "analyst", .query, "nothing").isAllowed)
    }

    @Test("what a role may is told grant by grant, as far as its token goes")
    func capabilities() throws {
        let policy = try load()
        let all = policy.capabilities(of: "compliance")
        #expect(all.may(.reveal) && all.may(.auditRead) && !all.may(.ingest) && all.purposes(for: .reveal) == ["subject-request"])
        #expect(all.fields(for: .query, purpose: "subject-request")["phone"] == .mask && all.fields(for: .reveal, purpose: "subject-request")["phone"] == .reveal)
        #expect(all.fields(for: .query, purpose: "insight").isEmpty && all.fields(for: .query, purpose: "subject-request")["address"] == nil)
        let narrow = policy.capabilities(of: "compliance", scope: [.auditRead, .ingest])
        #expect(narrow.actions == [.auditRead] && narrow.grants.map(\.name) == ["audit"])
        #expect(policy.capabilities(of: "nobody").grants.isEmpty)
        for role in policy.roles.keys {
            for action in Action.allCases {
                #expect(policy.capabilities(of: role).may(action) == policy.roles(allowing: action, purpose: nil, fields: []).contains(role))
            }
        }
    }

    @Test("what takes away changes records and answers, what only reads changes nothing, and plaintext leaves by few actions")
    func effects() {
        for action in Action.allCases {
            let effect = action.effect
            if effect.contains(.takesAway) { #expect(effect.isSuperset(of: [.changes, .changesAnswers, .changesRecords])) }
            if effect.contains(.counts) { #expect(effect.contains(.changesRecords)) }
            #expect(effect.onlyReads == effect.isDisjoint(with: [.changes, .changesAnswers, .changesRecords, .takesAway, .counts]), "\(action)")
        }
        #expect(Set(Action.allCases.filter { $0.effect.contains(.releasesPlaintext) }) == [.reveal, .breakGlass, .subjectExport])
        #expect(Set(Action.allCases.filter { $0.effect.contains(.takesAway) }) == [.subjectErase, .subjectCorrect, .subjectRestrict, .subjectConsent, .retentionRun, .reredact, .reclassify])
    }

    @Test("a denial names the grant that came nearest, wherever it stands")
    func nearest() throws {
        let policy = try load()
        func denial(_ action: Action, _ purpose: String, _ fields: [String]) -> String? {
            policy.decide(AccessRequest(role: "analyst", action: action, purpose: purpose, fields: fields, weekday: 1, minute: 600)).nearest
        }
        #expect(denial(.query, "insight", ["product", "phone"])?.contains("analyst/insight") == true && denial(.query, "insight", ["phone"])?.hasSuffix("it denies field phone") == true)
        #expect(denial(.query, "follow-up", ["text"])?.hasSuffix("it is not for purpose follow-up") == true)
        #expect(denial(.taskPropose, "insight", ["phone"])?.contains("analyst/improvement") == true)
    }

    @Test("two grants never add up to one that neither gives")
    func noCombining() throws {
        let policy = try load("roles.yaml", replacing: "  compliance:\n", with: """
              both:
                description: two halves
                grants:
                  - {name: a, purposes: [insight], actions: [query], fields: {product: reveal}}
                  - {name: b, purposes: [insight], actions: [query], fields: {rating: reveal}}
                  - {name: c, purposes: [compliance], actions: [query], fields: {product: reveal, rating: reveal}}
              compliance:

            """)
        #expect(decide(policy, "both", .query, "insight", ["product"]).isAllowed)
        #expect(decide(policy, "both", .query, "insight", ["rating"]).isAllowed)
        let together = decide(policy, "both", .query, "insight", ["product", "rating"])
        #expect(!together.isAllowed)
        #expect(together.steps.count == 3)
        #expect(decide(policy, "both", .query, "compliance", ["product", "rating"]).isAllowed)
    }

    @Test("hours hold, to the minute")
    func hours() throws {
        let policy = try load("roles.yaml", replacing: "minimum_group: 5", with: "hours: {days: [mon, fri], from: \"08:00\", to: \"18:30\"}")
        for (weekday, minute, allowed) in [(1, 480, true), (1, 479, false), (1, 1109, true), (1, 1110, false), (2, 720, false), (5, 720, true)] {
            #expect(decide(policy, "analyst", .query, "insight", ["text"], weekday: weekday, minute: minute).isAllowed == allowed)
        }
    }

    @Test("an inherited grant is one of the role's, after its own")
    func inheritance() throws {
        let policy = try load("roles.yaml", replacing: "  retention:\n", with: "  lead: {description: x, extends: [analyst, retention]}\n  retention:\n")
        #expect(decide(policy, "lead", .query, "insight", ["text"]).treatments["text"] == .mask)
        #expect(decide(policy, "lead", .retentionRun, "retention").isAllowed)
        #expect(!decide(policy, "lead", .auditRead, "compliance").isAllowed)
    }
}
