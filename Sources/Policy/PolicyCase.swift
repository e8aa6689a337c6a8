import Foundation

/// A case of `policies/tests/*.yaml`: a request and the decision that is expected.
public struct PolicyCase: Sendable {
    public var name: String
    public var request: AccessRequest
    /// `allow`, `deny`, or the treatment of the one field asked for.
    public var expected: String
    public var place: Place

    /// Reads every case file in `folder`/tests.
    public static func load(from folder: String) throws -> [PolicyCase] {
        let problems = Problems()
        let path = folder + "/tests"
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasSuffix(".yaml") }.sorted()
        var cases: [PolicyCase] = []
        for file in files {
            let name = path + "/" + file
            let text = FileManager.default.contents(atPath: name).flatMap { String(data: $0, encoding: .utf8) }
            guard let text else {
                problems.add(Place(file: name, line: 0), "cannot be read as UTF-8")
                continue
            }
            guard let document = Located.document(text, file: name, problems: problems) else { continue }
            document.allowVersioned(["cases"])
            cases += (document.required("cases", of: "the file")?.list("cases") ?? []).compactMap(read)
        }
        guard problems.isEmpty else { throw PolicyError(problems.found) }
        return cases
    }

    private static func read(_ value: Located) -> PolicyCase? {
        guard let map = value.mapping("a case") else { return nil }
        map.allow(only: ["name", "role", "action", "purpose", "field", "day", "time", "expect"])
        guard let name = map.required("name", of: "a case")?.string("name"),
            let role = map.required("role", of: "case '\(name)'")?.string("role"),
            let action = map.required("action", of: "case '\(name)'")?.choice("action", Action.self),
            let purpose = map.required("purpose", of: "case '\(name)'")?.string("purpose"),
            let expect = map.required("expect", of: "case '\(name)'"), let expected = expect.string("expect")
        else { return nil }
        let answers = ["allow"] + Treatment.allCases.map(\.rawValue)
        if !answers.contains(expected) {
            map.problems.add(expect.place, "expect must be one of \(answers.joined(separator: ", ")), not '\(expected)'\(suggestion(for: expected, among: answers))")
        }
        let field = map["field"]?.string("field")
        let minute = map["time"]?.minuteOfDay() ?? 12 * 60
        return PolicyCase(
            name: name,
            request: AccessRequest(
                role: role, action: action, purpose: purpose, fields: field.map { [$0] } ?? [],
                weekday: map["day"]?.integer("day", in: 1...7) ?? 3, minute: minute),
            expected: expected, place: value.place)
    }

    /// Checks that the policy knows the names in the cases: an unknown name is denied, so a misspelt one proves nothing. An
    /// undeclared purpose is denied too, which is worth a case, unless it resembles a declared one.
    ///
    /// - Throws: ``PolicyError`` with the place of each case that names an unknown role or field, or a misspelt purpose.
    public static func requireKnownNames(_ cases: [PolicyCase], in policy: PolicySet) throws {
        let problems = Problems()
        for test in cases {
            func unknown(_ what: String, _ name: String, among known: some Sequence<String>) {
                let message = "case '\(test.name)' asks for \(what) '\(name)', which is not there\(suggestion(for: name, among: known))"
                problems.add(test.place, message, cause: "\(what) \(name)")
            }
            if policy.roles[test.request.role] == nil { unknown("role", test.request.role, among: policy.roles.keys) }
            for field in test.request.fields where !policy.isKnownField(field) { unknown("field", field, among: policy.fieldNames) }
            let purpose = test.request.purpose
            if policy.purposes[purpose] == nil, nearestName(to: purpose, among: policy.purposes.keys) != nil { unknown("purpose", purpose, among: policy.purposes.keys) }
        }
        guard problems.isEmpty else { throw PolicyError(problems.found) }
    }

    /// Nil if the policy decides as expected, otherwise what it decides.
    public func failure(under policy: PolicySet) -> String? {
        let decision = policy.decide(request)
        let answer =
            if !decision.isAllowed { "deny" } else if let field = request.fields.first {
                decision.treatments[field]?.rawValue ?? "deny"
            } else { "allow" }
        let matches = answer == expected || (expected == "allow" && decision.isAllowed)
        return matches ? nil : "\(answer), by \(decision.rule)"
    }
}
