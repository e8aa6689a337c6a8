/// Slips in retention.yaml.
extension Slip {
    static let retention: [Slip] = [
        Slip("retention.yaml", "after: 1y", "after: 30", "after must be a number with d, m or y, such as 365d, not '30'"),
        Slip("retention.yaml", "after: 1y", "after: 1 y", "not '1 y'"),
        Slip("retention.yaml", "after: 1y", "after: 1Y", "not '1Y'"),
        Slip("retention.yaml", "after: 1y", "after: 0d", "not '0d'"),
        Slip("retention.yaml", "after: 1y", "after: 12mo", "not '12mo'"),
        Slip("retention.yaml", "after: 1y", "after: one year", "not 'one year'"),
        Slip("retention.yaml", "after: 1y", "after: [1y]", "after must be a number with d, m or y, such as 365d, not a list"),
        Slip("retention.yaml", "after: 1y", "after: 1y, description: [a]", "the description of a rule must be text, not a list"),
        Slip("retention.yaml", "after: 3y", "age: 3y", "unknown key 'age' (known: name, channels, remove, after, since, purpose, where, description)"),
        Slip("retention.yaml", "remove: record", "remove: text", "remove must be 'record' or a list: write [text]"),
        Slip("retention.yaml", "remove: record", "remove: [record]", "'record' is everything: write 'remove: record'"),
        Slip("retention.yaml", "remove: record", "remove: recrod", "not 'recrod' (did you mean 'record'?)"),
        Slip("retention.yaml", "remove: record", "remove: {record: true}", "remove must be 'record' or a list such as [direct, text], not a mapping"),
        Slip("retention.yaml", "remove: record", "remove: [txt]", "not 'txt' (did you mean 'text'?)"),
        Slip("retention.yaml", "remove: record", "remove: [plain]", "a part to remove must be one of direct, quasi, sensitive, text, redacted, unclassified, not 'plain'"),
        Slip("retention.yaml", "channels: [hotline]", "channels: hotline", "must be a list, not 'hotline'"),
        Slip("retention.yaml", "channels: [hotline]", "channels: [[hotline]]", "a channel must be text, not a list"),
        Slip("retention.yaml", "channels: [hotline]", "channel: [hotline]", "unknown key 'channel' (did you mean 'channels'?)"),
        Slip("retention.yaml", "name: everything, ", "", "a rule lacks 'name'"),
        Slip("retention.yaml", "name: everything", "nmae: everything", "unknown key 'nmae' (did you mean 'name'?)"),
        Slip("retention.yaml", "keep: 3y", "keep: forever", "keep must be a number with d, m or y, such as 365d, not 'forever'"),
        Slip("retention.yaml", "keep: 3y", "keep: 1096d", "keep must be at most 3y"),
        Slip("retention.yaml", "identifiers: []", "identifiers: customer_id", "identifiers must be a list, not 'customer_id'"),
        Slip("retention.yaml", "identifiers: []", "identifiers: [customerid]", "(did you mean 'customer_id'?)"),
        Slip("retention.yaml", "identifiers: []", "identifiers: [gender]", "'gender' cannot identify a customer"),
        Slip("retention.yaml", "jump: 1d", "jump: 1", "jump must be a number with m, h or d, such as 12h or 7d, not '1'"),
        Slip("retention.yaml", "idle: 7d}", "idle: 7d, source: date}", "source must be a list, not 'date'"),
        Slip("retention.yaml", "percent: 20", "percent: 20%", "percent must be a whole number, not '20%'"),
        Slip("retention.yaml", "records: 100000", "records: 100k", "records must be a whole number, not '100k'"),
        Slip("retention.yaml", "smallest: 1000", "smalest: 1000", "unknown key 'smalest' (did you mean 'smallest'?)"),
        Slip("retention.yaml", "\n  cases: 3y", "\n  case: 3y", "unknown key 'case' (did you mean 'cases'?)"),
        Slip("retention.yaml", "\n  quotas: 30d", "\n  quotas: 30", "quotas must be a number with d, m or y, such as 365d, not '30'"),
        Slip("retention.yaml", "ceiling: {records: 100000, percent: 20, smallest: 1000}", "ceiling: 100000", "ceiling must be a mapping"),
    ]

    static let retentionWarnings: [Slip] = [
        Slip(
            "retention.yaml", "remove: [direct, quasi, text, unclassified], after: 1y", "remove: [direct, direct, quasi, text, unclassified], after: 1y",
            "'direct' appears twice in 'remove'"),
        Slip("retention.yaml", "channels: [hotline]", "channels: [hotline, hotline]", "'hotline' appears twice in the channels of rule 'hotline-identity'"),
    ]
}
