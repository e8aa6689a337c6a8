/// Slips in sources.yaml.
extension Slip {
    static let sources: [Slip] = [
        Slip("sources.yaml", "    detect: [ResponseId,", "    detects: [ResponseId,", "unknown key 'detects' (did you mean 'detect'?)"),
        Slip("sources.yaml", "header_rows: 3", "header_rows: 9", "header_rows must be between 1 and 4, not 9"),
        Slip("sources.yaml", "date_order: mdy", "date_order: mmddyy", "date_order must be one of mdy, dmy, not 'mmddyy'"),
        Slip("sources.yaml", "format: json", "format: jsonl", "format must be one of table, json, not 'jsonl' (did you mean 'json'?)"),
        Slip("sources.yaml", "timezone: Asia/Shanghai", "timezone: Beijing", "'Beijing' is not an IANA time zone such as Asia/Shanghai"),
        Slip("sources.yaml", "sources: {}", "sources: {mine: {preset: qualtrix}}", "there is no preset 'qualtrix' above (did you mean 'qualtrics'?)"),
        Slip("sources.yaml", "channel: {constant: survey}", "channel: {constant: survey, join: [A]}", "channel must have just one of constant, join"),
        Slip("sources.yaml", "channel: {constant: survey}", "channel: {}", "channel must have just one of constant, join"),
        Slip("sources.yaml", "channel: {constant: survey}", "channel: []", "channel must have a column at least"),
        Slip("sources.yaml", "{name: [Last Name, First Name]}", "{name: [Last Name]}", "name must have two columns: [FAMILY, GIVEN]"),
        Slip("sources.yaml", "attributes.language: UserLanguage", "text: UserLanguage", "the path of a field must be customer.NAME, attributes.NAME or NAME, not 'text'"),
        Slip(
            "sources.yaml", "attributes.language: UserLanguage", "revised_at: UserLanguage", "the path of a field must be customer.NAME, attributes.NAME or NAME, not 'revised_at'"),
        Slip("sources.yaml", "version: 1", "version: 2", "version must be 1, not '2'"),
        Slip("sources.yaml", "presets:", "preset:", "unknown key 'preset' (did you mean 'presets'?)"),
        Slip("sources.yaml", "sources: {}", "sources: {mine: [qualtrics]}", "source 'mine' must be a mapping (key: value), not a list"),
        Slip("sources.yaml", "detect: [ResponseId, RecordedDate, DistributionChannel]", "detect: ResponseId", "detect must be a list, not 'ResponseId'"),
        Slip("sources.yaml", "    id: ResponseId", "    id: \"\"", "id is empty"),
        Slip("sources.yaml", "attributes.nps: Score}", "attributes.nps: {numbers: Score}}", "unknown key 'numbers' (did you mean 'number'?)"),
        Slip("sources.yaml", "with: \"\\n\"}", "when: \"\\n\"}", "unknown key 'when'"),
        Slip("sources.yaml", "customer: [=requester_id, =requester.id, end-user]", "customer: end-user", "customer must be a list, not 'end-user'"),
        Slip("sources.yaml", "speaker: author_id, ", "", "turns lacks 'speaker'"),
        Slip(
            "sources.yaml", "sources: {}", "sources: {mine: {webhook: {tool: typform, secret: s, purpose: operation}}}",
            "tool must be one of typeform, zendesk, intercom, standard, not 'typform'"),
        Slip("sources.yaml", "sources: {}", "sources: {mine: {webhook: {tool: typeform, purpose: operation}}}", "the webhook of source 'mine' lacks 'secret'"),
        Slip(
            "sources.yaml", "sources: {}", "sources: {mine: {webhook: {tool: typeform, secret: s, purpose: operations}}}",
            "purpose 'operations' is not in purposes.yaml (did you mean 'operation'?)"),
        Slip(
            "sources.yaml", "sources: {}", "sources: {My Own: {webhook: {tool: typeform, secret: s, purpose: operation}}}",
            "a source with a webhook may have only lower-case letters, digits and - in its name"),
        Slip(
            "sources.yaml", "    header_rows: 3", "    webhook: {tool: typeform, secret: s, purpose: operation}",
            "preset 'qualtrics' cannot have a webhook: give it to a source that is based on it"),
    ]
}
