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
            document.checkVersion()
            document.allow(only: ["version", "cases"])
            cases += (document.required("cases", of: "the file")?.list("cases") ?? []).compactMap(read)
        }
        guard problems.found.isEmpty else { throw PolicyError(problems.found) }
        return cases
    }

    private static func read(_ value: Located) -> PolicyCase? {
        guard let map = value.mapping("a case") else { return nil }
        map.allow(only: ["name", "role", "action", "purpose", "field", "day", "time", "expect"])
        guard let name = map.required("name", of: "a case")?.string("name"),
            let role = map.required("role", of: "case '\(name)'")?.string("role"),
            let action = map.required("action", of: "case '\(name)'")?.choice("action", Action.self),
            let purpose = map.required("purpose", of: "case '\(name)'")?.string("purpose"),
            let expected = map.required("expect", of: "case '\(name)'")?.string("expect")
        else { return nil }
        let answers = ["allow"] + Treatment.allCases.map(\.rawValue)
        if !answers.contains(expected) {
            map.problems.add(value.place, "expect must be one of \(answers.joined(separator: ", "))")
        }
        let field = map["field"]?.string("field")
        let minute = map["time"]?.string("time").map { $0.split(separator: ":").compactMap { Int($0) } } ?? [12, 0]
        return PolicyCase(
            name: name,
            request: AccessRequest(
                role: role, action: action, purpose: purpose, fields: field.map { [$0] } ?? [],
                weekday: map["day"]?.integer("day", in: 1...7) ?? 3, minute: minute[0] * 60 + (minute.last ?? 0)),
            expected: expected, place: value.place)
    }

    /// Nil when the policy decides as expected, else what it decides.
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
