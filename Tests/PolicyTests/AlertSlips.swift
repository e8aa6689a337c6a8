/// Slips in alerts.yaml.
extension Slip {
    static let alerts: [Slip] = [
        Slip("alerts.yaml", "from: \"08:00\", to: \"19:00\"", "from: \"19:00\", to: \"08:00\"", "hours must begin before they end"),
        Slip("alerts.yaml", "days: [mon, tue, wed, thu, fri]", "days: [mon-fri]", "'mon-fri' is not a day"),
        Slip("alerts.yaml", "days: [mon, tue, wed, thu, fri]", "days: weekdays", "days must be a list, not 'weekdays'"),
        Slip("alerts.yaml", "to: \"19:00\"", "to: \"7pm\"", "a time of day must be \"HH:MM\" in quotes, not '7pm'"),
        Slip("alerts.yaml", "office_hours: {days", "office_hour: {days", "unknown key 'office_hour' (did you mean 'office_hours'?)"),
        Slip("alerts.yaml", "command: []", "command: mail", "command must be a list, not 'mail'"),
        Slip("alerts.yaml", "factor: 5", "factor: 0", "factor must be between 1 and 1000, not 0"),
        Slip("alerts.yaml", "factor: 5", "factor: 2.5", "factor must be a whole number, not '2.5'"),
        Slip("alerts.yaml", "minimum: 5000", "minimum: many", "minimum must be a whole number, not 'many'"),
        Slip("alerts.yaml", "minimum: 5000, ", "", "volume lacks 'minimum'"),
        Slip("alerts.yaml", "volume: {factor: 5, minimum: 5000, days: 28}", "volume: 5000", "volume must be a mapping (key: value), not '5000'"),
        Slip("alerts.yaml", "frequency: {count: 30, minutes: 10}", "frequncy: {count: 30, minutes: 10}", "unknown key 'frequncy' (did you mean 'frequency'?)"),
        Slip("alerts.yaml", "frequency: {count: 30, minutes: 10}", "frequency: {count: 30, hours: 1}", "unknown key 'hours' (known: count, minutes)"),
        Slip("alerts.yaml", "frequency: {count: 30, minutes: 10}", "frequency: {count: 30, minutes: 10m}", "minutes must be a whole number, not '10m'"),
        Slip(
            "alerts.yaml", "frequency: {count: 30, minutes: 10}", "frequency: {count: 30, minutes: 10}, dormant: {days: 5}",
            "must have one of volume, frequency, out_of_hours, dormant, deadline, not frequency and dormant"),
        Slip("alerts.yaml", ", dormant: {days: 60}", "", "rule 'dormant' must have one of volume, frequency, out_of_hours, dormant, deadline"),
        Slip("alerts.yaml", "dormant: {days: 60}", "dormant: 60", "dormant must be a mapping (key: value), not '60'"),
        Slip("alerts.yaml", "out_of_hours: true", "out_of_hours: 1", "out_of_hours must be true or false, not '1'"),
        Slip("alerts.yaml", "out_of_hours: true", "out_of_hours: false", "out_of_hours can only be true; leave the rule out instead"),
        Slip("alerts.yaml", "outcome: denied}", "outcome: [denied]}", "outcome must be text, not a list"),
        Slip("alerts.yaml", "outcome: denied}", "outcome: deny}", "outcome must be one of denied, empty, suppressed, not 'deny'"),
        Slip("alerts.yaml", "actions: [reveal]}", "actions: reveal}", "actions must be a list, not 'reveal'"),
        Slip("alerts.yaml", "actions: [reveal]}", "actions: [reveals]}", "not 'reveals' (did you mean 'reveal'?)"),
        Slip("alerts.yaml", "actions: [reveal]}", "action: [reveal]}", "unknown key 'action' (did you mean 'actions'?)"),
        Slip("alerts.yaml", "except_roles: [classification, reporting]", "except_roles: classification", "except_roles must be a list, not 'classification'"),
        Slip(
            "alerts.yaml", "except_roles: [classification, reporting]", "except_roles: [clasification, reporting]",
            "role 'clasification' is not in roles.yaml (did you mean 'classification'?)"),
        Slip("alerts.yaml", "{name: denials, ", "{", "a rule lacks 'name'"),
        Slip("alerts.yaml", "{name: denials, ", "{nmae: denials, ", "unknown key 'nmae' (did you mean 'name'?)"),
        Slip("alerts.yaml", "name: denials", "name: \"\"", "the name of a rule is empty"),
        Slip("alerts.yaml", "name: dormant", "name: denials", "two rules are named 'denials'"),
        Slip("alerts.yaml", "deep: 90d}", "deep: 90}", "deep must be a number with d, m or y, such as 365d, not '90'"),
        Slip("alerts.yaml", "{full: 7d, deep", "{whole: 7d, deep", "unknown key 'whole'"),
        Slip("alerts.yaml", "rules:\n", "rule:\n", "unknown key 'rule' (did you mean 'rules'?)"),
    ]

    static let alertWarnings: [Slip] = [
        Slip("alerts.yaml", "actions: [reveal]}", "actions: [reveal, reveal]}", "'reveal' appears twice in the actions of rule 'many-reveals'"),
        Slip(
            "alerts.yaml", "actions: [lookup, reveal]}", "actions: [reveal], outcome: empty}",
            "rule 'enumeration' never raises an alert: none of its actions can be empty, only lookup, query"),
        Slip("alerts.yaml", "actions: [reveal]}", "actions: [reveal], outcome: denied}", "rule 'many-reveals' never raises an alert: denied requests have no rows"),
        Slip(
            "alerts.yaml", "actions: [reveal]}", "actions: [ingest], except_roles: [ingest]}",
            "rule 'many-reveals' never raises an alert: no role that it watches may do any of its actions"),
    ]
}
