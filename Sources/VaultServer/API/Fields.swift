/// Schemas that several endpoints share.
enum Fields {
    static let purpose = Schema.text("a purpose of purposes.yaml", 1...64)
    static let field = Schema.text("a field of schema.yaml", 1...64)
    static let reason = Schema.text("why; goes to the audit log, without personal data", 1...2000)
    static let dryRun = Schema.Property.optional("dry_run", .boolean(about: "changes nothing and says what the same request would do now"))
    static let count = Schema.integer(0...Int.max, about: "")
    static let time = Schema.time
    static let pseudonym = Schema.text("a customer's pseudonym under the purpose", 3...64)
    static let condition = Schema.text("such as rating <= 2 and text contains '空调'", 1...4000)
    static let cell = Schema.array(.scalar, count: 0...1000)

    static let rows = Schema.object([
        .required("columns", .array(.text(""), count: 0...1000)), .required("rows", .array(cell, count: 0...1_000_000)),
        .optional("next_cursor", .text("gives the next page", 1...2000)), .required("receipt", .reference("Receipt")),
    ])

    static let notice = Schema.Property.optional("notice", .text("what is left to be done of a deletion", 0...1000))
    static let done = Schema.object([.required("records", count), notice, .required("receipt", .reference("Receipt"))])
    static let receipt = Schema.object([.required("receipt", .reference("Receipt"))])
}

/// Schemas that the OpenAPI document gives names.
enum Components {
    static let schemas: [String: Schema] = ["Receipt": Receipt.schema, "Problem": Problem.schema]
}
