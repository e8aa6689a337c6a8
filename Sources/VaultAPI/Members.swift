import RedactedAPI

/// Limits of members that several operations share.
enum Members {
    static let purpose = Schema.text("a purpose of purposes.yaml", 1...64)
    static let field = Schema.text("a field of schema.yaml", 1...64)
    static let action = Schema.text("an action of roles.yaml", 1...64)
    static let reason = Schema.text("reason, for the audit log; no personal data", 1...2000)
    static let dryRun = Schema.boolean(about: "change nothing and say what the request would do")
    static let pseudonym = Schema.text("a customer's pseudonym under the purpose", 3...64)
    static let record = Schema.text("pseudonym of a record under the purpose", 3...64)
    static let number = Schema.integer(1...Int.max, about: "")
    static let entry = Schema.integer(0...Int.max, about: "an entry's number")
    static let confirmClock = Schema.boolean(about: "confirm that the server's clock is right, although a run doubted it")
    static let confirm = Schema.integer(0...1_000_000_000, about: "allow up to this many records, even beyond the policy's ceiling")
    static let annotation: [String: Schema] = [
        "record": .text("pseudonym"), "module": .text("a module that comes with the vault, or one of schema.yaml", 1...64), "labels": .map(.number(0...1)),
        "places": .map(.array(.integer(0...10_000_000, about: "beginnings and ends in the redacted text, in Unicode scalars"), count: 2...32)),
        "mark": .text("16 hexadecimal digits: FNV-1a, 64 bits, of the redacted text in UTF-8", 16...16),
    ]
}

/// Schemas that have names in the OpenAPI document.
package enum Components {
    package static let schemas: [String: Schema] = [
        "Receipt": .object([
            .required("entry", .integer(0...Int.max, about: "number of the audit entry that records this access")),
            .required("checkpoint", .text("signed note (C2SP tlog-checkpoint) of a log that has the entry")),
        ]),
        "Problem": .object([
            .required("type", .text("urn:vocvault: and the problem's name")), .required("title", .text("")),
            .required("status", .integer(400...599, about: "the response's status")), .required("detail", .text("", 0...10_000)),
            .required("instance", .text("urn:vocvault:request: and the request's number, which its audit entries carry")),
            .optional("approval", .integer(0...Int.max, about: "the request that waits for another principal")),
        ]),
    ]
}
