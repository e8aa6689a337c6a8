import Formats
import Foundation
import Policy

/// A first rule for a file that no preset fits, or the preset that does.
package struct SourceInference {
    /// Lines of `sources.yaml`.
    package let yaml: String

    /// - Parameter name: of the source.
    package init(_ input: InputSource, options: InputOptions, name: String, policy: PolicySet) throws {
        let table = FieldTable(fields: policy.fields)
        let plan: InputPlan
        var lines: [String] = ["sources:", "  \(name):"]
        do {
            plan = try InputPlan(input, options: options, rule: nil, policy: policy, table: table)
        } catch let error as FormatError {
            throw VaultError.invalid("\(error)")
        }
        lines.append("    description: \(plan.description)")
        if let rule = plan.rule, !rule.preset.isEmpty { lines.append("    preset: \(rule.preset)") }
        if case .lines = plan.layout { lines.append("    format: json") }
        let headings = try Self.headings(plan)
        let mapping = SourceMapping(plan.rule ?? SourceRule(preset: ""), options: options, table: table, columnPaths: policy.csvColumns)
        let columns = HeaderRows(headings.isEmpty ? [[]] : headings).columns.map { mapping.column($0.names, label: $0.label, tick: $0.tick) }
        let open = columns.filter { $0.slots.isEmpty && $0.place == nil && !$0.isIgnored }
        let known = Set(mapping.targets.map(\.path) + columns.compactMap { $0.place == nil ? nil : $0.path })
        for required in ["id", "occurred_at", "channel"] where !known.contains(required) {
            let proposal = required == "id" ? "{hash: []}" : required == "channel" ? "{constant: web}" : "COLUMN"
            lines.append("    \(required): \(proposal)    # nothing is: name the column")
        }
        if !open.isEmpty {
            lines.append("    # Columns that nothing maps are kept sealed. To map one, write its path of schema.yaml in front of it:")
            lines.append("    fields:")
            for column in open { lines.append("      # attributes.NAME: \(Self.quoted(column.label))") }
        }
        yaml = lines.joined(separator: "\n")
    }

    private static func quoted(_ heading: String) -> String {
        "\"" + heading.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0.isNewline ? " " : String($0) }.joined() + "\""
    }

    /// Rows of headings, or the members of the first object as one.
    private static func headings(_ plan: InputPlan) throws -> [[String]] {
        switch plan.layout {
        case .rows(let rows):
            let reader = InputReader(isCSV: true, nextBlock: plan.blocks)
            reader.use(delimiter: rows.delimiter, columns: nil)
            var found: [[String]] = []
            for index in 0..<rows.skipped + rows.headers {
                guard let batch = try reader.next(maximum: 1), let row = batch.records.first else { break }
                if index >= rows.skipped, let values = try? CSVRecordReader.strings(batch.bytes, row.range, delimiter: rows.delimiter) { found.append(values) }
            }
            let width = found.map(\.count).max() ?? 0
            return found.map { $0 + Array(repeating: "", count: width - $0.count) }
        case .lines:
            let reader = InputReader(isCSV: false, nextBlock: plan.blocks)
            guard let batch = try reader.next(maximum: 1), let line = batch.records.first else { return [] }
            let paths = ObjectBeginning(Array(batch.bytes[line.range]), isWhole: true).object?.paths ?? []
            return [paths.sorted()]
        }
    }
}
