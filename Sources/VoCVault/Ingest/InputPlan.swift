import Formats
import Foundation
import Policy
import Wire

/// How an input is read: decided by what is said about it, and by its beginning.
struct InputPlan {
    enum Layout {
        /// One object a line.
        case lines
        /// Rows under headings.
        case rows(Rows)
    }

    struct Rows {
        var delimiter: UInt8
        /// Rows before the headings.
        var skipped: Int
        /// Rows of headings.
        var headers: Int
    }

    var layout: Layout
    var blocks: Blocks
    /// Whether records have numbers of their own: items of a list, rows of a sheet. Otherwise lines are counted.
    var countsRecords = false
    /// nil: records are in the vault's own form.
    var rule: SourceRule?
    /// What it was taken for, for people.
    var description: String
    /// What is looked at before it is decided.
    static let lookedAt = 256 << 10
    /// A workbook that does not come from a file is kept in memory, packed as it is.
    private static let maximumWorkbook = 128 << 20

    /// - Parameters:
    ///   - rule: the one of the source or preset that was named.
    init(_ source: InputSource, options: InputOptions, rule named: SourceRule?, policy: PolicySet, table: FieldTable) throws {
        let (packed, isWorkbook) = try Unpacking.open(source.blocks)
        if isWorkbook || options.format == .xlsx {
            guard isWorkbook else { throw VaultError.invalid("the input is no workbook (.xlsx)") }
            let file = try source.file ?? BytesInMemory(Self.whole(packed))
            let sheet = try SheetLines(file, sheet: options.sheet ?? named?.sheet)
            let input = PeekedBlocks(sheet.next)
            let others = sheet.names.count > 1 ? " of \(sheet.names.count) (\(sheet.names.filter { $0 != sheet.name }.joined(separator: ", ")) not read)" : ""
            try self.init(rows: input, delimiters: [0x2C], what: "workbook, sheet \(sheet.name)\(others)", options, named, policy, table)
            countsRecords = true
            return
        }
        let encoding = try options.encoding ?? named?.encoding.map { name throws(FormatError) in try TextEncoding(name: name) }
        let decoder = TextDecoder(packed.next, encoding: encoding)
        let input = PeekedBlocks(decoder.next)
        let beginning = try input.beginning { Self.isEnough($0, options) }
        let found = decoder.found.map { $0 == .utf8 ? "" : " in \($0.rawValue)" } ?? ""
        switch (options.format, Self.first(beginning)) {
        case (.csv, _): try self.init(rows: input, delimiters: Self.delimiters, what: "CSV\(found)", options, named, policy, table)
        case (.tsv, _): try self.init(rows: input, delimiters: [0x09], what: "TSV\(found)", options, named, policy, table)
        case (nil, 0x3C?): throw VaultError.invalid("the input is HTML or XML: save it as .xlsx or CSV, or export JSON")
        case (nil, let first?) where first != 0x5B && first != 0x7B:
            try self.init(rows: input, delimiters: Self.delimiters, what: "CSV\(found)", options, named, policy, table)
        default: try self.init(objects: input, beginning, options, named, policy, table)
        }
    }

    private static let delimiters: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]

    private static func first(_ bytes: [UInt8]) -> UInt8? { bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    private static func isEnough(_ bytes: [UInt8], _ options: InputOptions) -> Bool {
        guard bytes.count < lookedAt else { return true }
        guard let first = first(bytes) else { return false }
        // Whoever sends lines as they happen must not have to wait for more of them.
        if options.format == .jsonl { return bytes.contains(0x0A) }
        guard options.format == nil || options.format == .json else { return true }
        guard first == 0x7B, options.format == nil else { return first != 0x5B && first != 0x7B }
        guard let line = bytes.firstIndex(of: 0x0A), let end = ObjectBeginning.end(of: bytes) else { return false }
        return end <= line
    }

    private static func whole(_ input: PeekedBlocks) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let block = try input.next(), !block.isEmpty {
            bytes += block
            guard bytes.count <= maximumWorkbook else {
                throw VaultError.invalid("the workbook is larger than \(maximumWorkbook >> 20) MiB: ingest it from a file, or as CSV")
            }
        }
        return bytes
    }

    // MARK: Rows

    private init(
        rows input: PeekedBlocks, delimiters: [UInt8], what: String, _ options: InputOptions, _ named: SourceRule?, _ policy: PolicySet, _ table: FieldTable
    ) throws {
        let isDelimited = delimiters.count > 1
        let beginning = try input.beginning { RowBeginning.isEnough($0, delimiters, policy, table) }
        // Lines that end as they did on a Mac once, and as Excel there still saves them.
        let endsInReturns = !beginning.contains(0x0A) && beginning.contains(0x0D)
        func mended(_ block: some Sequence<UInt8>) -> [UInt8] { block.map { $0 == 0x0D ? 0x0A : $0 } }
        var rows = RowBeginning(endsInReturns ? mended(beginning) : beginning, isWhole: input.isWhole, delimiters: delimiters)
        if isDelimited { rows.obeyAnnouncement() }
        blocks = endsInReturns ? { try input.next().map { mended($0)[...] } } : input.next
        layout = .rows(Rows(delimiter: rows.delimiter, skipped: rows.skipped, headers: 1))
        description = what
        rule = named
        if rows.isOwn(policy, table), named == nil {
            if options.overridesRule { rule = SourceRule(preset: "") }
            return
        }
        let candidates = named.map { [$0] } ?? policy.presets
        var best: (fit: Int, row: Int, rule: SourceRule)?
        for candidate in candidates where candidate.format == .table {
            for row in rows.skipped..<max(rows.skipped, rows.rows.count) {
                let headings = rows.headings(row, candidate.headerRows)
                guard let fit = SourceMapping.fit(candidate, among: headings), fit > best?.fit ?? 0 else { continue }
                best = (fit, row, candidate)
            }
        }
        if let best {
            rule = best.rule
            layout = .rows(Rows(delimiter: rows.delimiter, skipped: best.row, headers: best.rule.headerRows))
        } else if let named {
            layout = .rows(Rows(delimiter: rows.delimiter, skipped: rows.skipped, headers: named.headerRows))
        } else if options.overridesRule {
            rule = SourceRule(preset: "")
        }
        if let rule, !rule.preset.isEmpty { description += ", preset \(rule.preset)" }
    }

    // MARK: Objects

    private init(
        objects input: PeekedBlocks, _ beginning: [UInt8], _ options: InputOptions, _ named: SourceRule?, _ policy: PolicySet, _ table: FieldTable
    ) throws {
        (layout, blocks, description, rule) = (.lines, input.next, "JSON lines", named)
        // Whoever says that it is JSON lines means the vault's own form, or a named one: each line is judged by itself.
        if options.format == .jsonl, named != nil || options.overridesRule {
            rule = named ?? SourceRule(preset: "")
            return
        }
        let begun = ObjectBeginning(beginning, isWhole: input.isWhole)
        let own = begun.object.map { ["id", "occurred_at", "channel"].allSatisfy(Set($0.paths).contains) } ?? false
        if options.format == .jsonl || own, named == nil {
            if options.overridesRule { rule = SourceRule(preset: "") }
            if begun.isList, options.format != .jsonl {
                (blocks, countsRecords, description) = (ListLines(input.next, path: "").next, true, "JSON list")
            } else if begun.isSpread {
                (blocks, countsRecords) = (ObjectLines(input.next).next, true)
            }
            return
        }
        let candidates = named.map { [$0] } ?? policy.presets.filter { $0.format == .json }
        var best: (fit: Int, rule: SourceRule, list: String?)?
        for candidate in candidates {
            let lists = [options.list, candidate.list].compactMap { $0 }
            for list in lists.map(Optional.some) + [nil] {
                guard let item = list.map({ begun.firstItem(of: $0) }) ?? begun.object else { continue }
                guard let fit = SourceMapping.fit(candidate, among: item.paths.map { ColumnPattern.comparable($0) }) ?? (named == nil ? nil : 1), fit > best?.fit ?? 0 else {
                    continue
                }
                best = (fit, candidate, list)
            }
        }
        rule = best?.rule ?? named ?? (options.overridesRule ? SourceRule(preset: "") : nil)
        let isList = begun.isList
        if let list = best?.list ?? options.list, !isList {
            (blocks, countsRecords, description) = (ListLines(input.next, path: list).next, true, "JSON, list \(list)")
        } else if isList {
            (blocks, countsRecords, description) = (ListLines(input.next, path: "").next, true, "JSON list")
        } else if best == nil, begun.isSingle, begun.firstItem(of: nil) != nil {
            (blocks, countsRecords, description) = (ListLines(input.next, path: nil).next, true, "JSON, its first list")
        } else if begun.isSpread {
            (blocks, countsRecords, description) = (ObjectLines(input.next).next, true, "JSON objects")
        }
        if let rule, !rule.preset.isEmpty { description += ", preset \(rule.preset)" }
    }
}
