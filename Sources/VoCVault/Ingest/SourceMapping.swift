import Policy

/// A source's rule, with its columns numbered.
struct SourceMapping: Sendable {
    /// A value, with slots in place of columns.
    indirect enum Value: Sendable {
        case slot(Int)
        case constant([UInt8])
        case first([Value])
        case join([Value], with: [UInt8])
        case all([Int], with: [UInt8])
        case hash([Int])
        case words(Value, [[UInt8]: [UInt8]])
        case number(Value)
        case name(family: Value, given: Value)
        case html(Value)
    }

    /// Where a value goes.
    struct Target: Sendable {
        var path: String
        /// nil: a path that the schema does not classify.
        var place: FieldTable.Target?
        var value: Value
    }

    /// What becomes of a column or member.
    struct Column: Sendable {
        /// For people.
        var label: String
        /// Slots that its values fill.
        var slots: [Int]
        /// Its place if its heading is a path, or one that `csv.columns` maps.
        var place: FieldTable.Target?
        /// The path under which it is kept if nothing maps it.
        var path: String
        var isIgnored: Bool
        /// Of an answer that can be ticked: the value that says so.
        var tick: [UInt8]?
    }

    struct Turns: Sendable {
        /// Slots.
        var speaker: Int
        var text: Int
        var time: Int?
        var name: Int?
        /// Speakers who are the customer, in comparable form.
        var customer: Set<String>
        /// Slots of members that name the customer.
        var customerSlots: [Int]
    }

    let rule: SourceRule
    private(set) var patterns: [ColumnPattern] = []
    private(set) var targets: [Target] = []
    private(set) var turns: Turns?
    private let ignored: [ColumnPattern]
    private let table: FieldTable
    private let columnPaths: [String: String]

    /// - Parameters:
    ///   - columnPaths: path by heading, from `csv.columns` of `schema.yaml`.
    init(_ rule: SourceRule, options: InputOptions, table: FieldTable, columnPaths: [String: String]) {
        (self.rule, self.table) = (rule, table)
        self.columnPaths = Dictionary(columnPaths.map { (ColumnPattern.comparable($0), $1) }) { first, _ in first }
        ignored = rule.ignore.map { ColumnPattern($0) }
        let id: SourceValue? =
            options.idFrom.isEmpty ? rule.id : options.idFrom == ["all"] ? .hash([]) : options.idFrom.count == 1 ? .column(options.idFrom[0]) : .hash(options.idFrom)
        var values: [String: SourceValue] = rule.fields
        for (path, value) in [("id", id), ("occurred_at", rule.occurredAt), (Revision.path, rule.revisedAt), ("channel", rule.channel), ("text", rule.text)] {
            values[path] = value ?? values[path]
        }
        for (path, constant) in options.constants { values[path] = .constant(constant) }
        for (path, value) in values.sorted(by: { $0.key < $1.key }) {
            targets.append(Target(path: path, place: table.target(path: path), value: compile(value)))
        }
        if let rule = rule.turns {
            let (speaker, text) = (slot(rule.list, rule.speaker), slot(rule.list, rule.text))
            let (time, name) = (rule.time.map { slot(rule.list, $0) }, rule.name.map { slot(rule.list, $0) })
            turns = Turns(
                speaker: speaker, text: text, time: time, name: name, customer: Set(rule.customer.map { ColumnPattern.comparable($0) }),
                customerSlots: rule.customer.filter { $0.hasPrefix("=") }.map { slot(String($0.dropFirst())) })
        }
    }

    private mutating func slot(_ name: String) -> Int {
        let pattern = ColumnPattern(name)
        if let known = patterns.firstIndex(of: pattern) { return known }
        patterns.append(pattern)
        return patterns.count - 1
    }

    /// A member of a list's items; `~role|sender` is one of several.
    private mutating func slot(_ list: String, _ member: String) -> Int {
        guard member.hasPrefix("~") else { return slot("\(list).\(member)") }
        return slot("~" + member.dropFirst().split(separator: "|").map { "\(list).\($0)" }.joined(separator: "|"))
    }

    private mutating func compile(_ value: SourceValue) -> Value {
        switch value {
        case .column(let name): return .slot(slot(name))
        case .constant(let text): return .constant(Array(text.utf8))
        case .first(let values): return .first(values.map { compile($0) })
        case .join(let values, let joint): return .join(values.map { compile($0) }, with: Array(joint.utf8))
        case .all(let names, let joint): return .all(names.map { slot($0) }, with: Array(joint.utf8))
        case .hash(let names): return .hash(names.map { slot($0) })
        case .words(let value, let words):
            return .words(compile(value), Dictionary(words.map { (Array(ColumnPattern.comparable($0).utf8), Array($1.utf8)) }) { first, _ in first })
        case .number(let value): return .number(compile(value))
        case .name(let family, let given): return .name(family: compile(family), given: compile(given))
        case .html(let value): return .html(compile(value))
        }
    }

    /// - Parameter names: what the column is called: its heading, and in some files another one below.
    func column(_ names: [String], label: String, tick: String? = nil) -> Column {
        let comparable = names.map { ColumnPattern.comparable($0) }
        let slots = patterns.indices.filter { slot in comparable.contains { patterns[slot].fit($0) > 0 } }
        let path = comparable.lazy.compactMap { columnPaths[$0] }.first ?? names.first { table.target(path: $0) != nil } ?? label
        let place = table.target(path: path)
        return Column(
            label: label, slots: slots, place: slots.isEmpty && place != .customer && place != .attributes ? place : nil, path: path,
            isIgnored: ignored.contains { pattern in comparable.contains { pattern.fit($0) > 0 } }, tick: tick.map { Array($0.utf8) })
    }

    /// How many of the columns that show a file of this kind are among some; nil if one is missing.
    static func fit(_ rule: SourceRule, among headings: [String]) -> Int? {
        guard !rule.detect.isEmpty else { return nil }
        var sum = 0
        for name in rule.detect {
            let pattern = ColumnPattern(name)
            guard let best = headings.lazy.map({ pattern.fit($0) }).max(), best > 0 else { return nil }
            sum += best
        }
        return sum
    }
}
