import Foundation
import Policy
import Sealing
import Wire

/// Reads the records of a file whose source has a rule. One worker's state.
struct MappedReader {
    /// A value of the current record: its column, its item if it is in a list, and its place in the arena.
    struct Cell {
        var column: Int
        var item: Int
        var value: Range<Int>
    }

    let mapping: SourceMapping
    private let delimiter: UInt8
    /// Whether rows may end before the last column.
    private let isRagged: Bool
    /// Of a table.
    private let columns: [SourceMapping.Column]
    /// Of objects.
    private var tree: PathTree
    private var json: JSONRecordReader
    private var cells: [Cell] = []
    /// By slot: positions in `cells`.
    private var filled: [[Int]]
    /// Columns with values that nothing maps.
    private(set) var unmapped: Set<String> = []

    /// - Parameter columns: of a table; nil for objects.
    init(_ mapping: SourceMapping, columns: [SourceMapping.Column]?, delimiter: UInt8, isRagged: Bool, table: FieldTable) {
        (self.mapping, self.delimiter, self.isRagged) = (mapping, delimiter, isRagged)
        self.columns = columns ?? []
        tree = PathTree()
        isTable = columns != nil
        json = JSONRecordReader(table: table)
        filled = Array(repeating: [], count: mapping.patterns.count)
    }

    private let isTable: Bool

    mutating func read(_ bytes: [UInt8], _ range: Range<Int>, into fields: inout RecordFields) throws(RecordError) {
        fields.reset()
        cells.removeAll(keepingCapacity: true)
        for slot in filled.indices { filled[slot].removeAll(keepingCapacity: true) }
        if isTable { try readRow(bytes, range, &fields) } else { try json.leaves(bytes, range, &tree, mapping, &fields.arena, &cells) }
        for (position, cell) in cells.enumerated() {
            let column = column(cell.column)
            if isTick(cell, column, fields.arena) { continue }
            for slot in column.slots {
                if let item = mapping.patterns[slot].item, item != max(0, cell.item) { continue }
                filled[slot].append(position)
            }
        }
        // What a column is by its name gives way to what the rule says.
        for cell in cells { if let place = column(cell.column).place { put(cell.value, at: place, column(cell.column).path, &fields) } }
        for target in mapping.targets {
            guard let value = value(target.value, target.path, &fields) else { continue }
            put(value, at: target.place, target.path, &fields)
        }
        if let turns = mapping.turns, let text = conversation(turns, after: fields.text, &fields) { fields.text = text }
        try readTime(&fields)
        keepRest(&fields)
    }

    private func column(_ index: Int) -> SourceMapping.Column { isTable ? columns[index] : tree.columns[index] }

    /// Whether a cell says that an answer was ticked: it is part of its question's value, and none by itself.
    private func isTick(_ cell: Cell, _ column: SourceMapping.Column, _ arena: [UInt8]) -> Bool { column.tick.map { arena[cell.value].elementsEqual($0) } ?? false }

    private mutating func readRow(_ bytes: [UInt8], _ range: Range<Int>, _ fields: inout RecordFields) throws(RecordError) {
        var values = try CSVRecordReader.split(bytes, range, delimiter: delimiter, into: &fields.arena)
        // Some tools end a row with a delimiter, and spreadsheets leave out what is empty at the end.
        while values.count > columns.count, values.last!.isEmpty { values.removeLast() }
        guard values.count == columns.count || isRagged && values.count < columns.count else {
            throw .wrongColumnCount(expected: columns.count, found: values.count)
        }
        for (column, value) in values.enumerated() {
            let value = trimmed(value, fields.arena)
            guard !value.isEmpty, !Self.isSkipped(fields.arena[value]) else { continue }
            guard !fields.arena[value].contains(0) else { throw .hasNUL(field: columns[column].label) }
            cells.append(Cell(column: column, item: -1, value: value))
        }
    }

    private func trimmed(_ value: Range<Int>, _ arena: [UInt8]) -> Range<Int> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        var (low, high) = (value.lowerBound, value.upperBound)
        while low < high, isBlank(arena[low]) { low += 1 }
        while low < high, isBlank(arena[high - 1]) { high -= 1 }
        return low..<high
    }

    /// What survey tools write for a question that was skipped.
    private static func isSkipped(_ value: ArraySlice<UInt8>) -> Bool {
        value.count <= 8 && (value.elementsEqual("(空)".utf8) || value.elementsEqual("(跳过)".utf8))
    }

    private func put(_ value: Range<Int>, at place: FieldTable.Target?, _ path: String, _ fields: inout RecordFields) {
        switch place {
        case .id: fields.id = value
        case .occurredAt: fields.occurredAt = value
        case .channel: fields.channel = value
        case .text: fields.text = value
        case .field(let index): fields.values[index] = value
        case .consent: fields.consentParts.append((path, value))
        case .customer, .attributes: break
        case nil:
            fields.addUnclassified(path, fields.string(value))
            if path.hasPrefix("customer.") { fields.customerExtras.append(value) }
        }
    }

    /// A time in the form in which records have it.
    private func readTime(_ fields: inout RecordFields) throws(RecordError) {
        guard let range = fields.occurredAt, !range.isEmpty else { return }
        guard let time = SourceTime.standard(fields.string(range), order: mapping.rule.dateOrder) else {
            throw .wrongValue(
                field: "occurred_at", expected: "a date or time such as 2026-03-04T12:37:39+08:00 (date_order in sources.yaml tells 03/04 from 04/03)")
        }
        fields.occurredAt = append(Array(time.utf8), &fields)
    }

    /// Keeps what nothing maps, each column once.
    private mutating func keepRest(_ fields: inout RecordFields) {
        var kept: [(path: String, text: String)] = []
        for cell in cells {
            let column = column(cell.column)
            guard column.slots.isEmpty && column.place == nil || isTick(cell, column, fields.arena) else { continue }
            if !column.isIgnored, unmapped.count < 200 { unmapped.insert(column.label) }
            let text = fields.string(cell.value)
            if let known = kept.firstIndex(where: { $0.path == column.path }) { kept[known].text += "; " + text } else { kept.append((column.path, text)) }
        }
        for (path, text) in kept { fields.addUnclassified(path, text) }
    }

    // MARK: Values

    private func append(_ bytes: [UInt8], _ fields: inout RecordFields) -> Range<Int> {
        let from = fields.arena.count
        fields.arena += bytes
        return from..<fields.arena.count
    }

    /// The value in the arena; nil if there is none.
    private func value(_ value: SourceMapping.Value, _ path: String, _ fields: inout RecordFields) -> Range<Int>? {
        switch value {
        case .slot(let slot):
            return filled[slot].lazy.map { cells[$0].value }.first { !$0.isEmpty }
        case .constant(let text): return append(text, &fields)
        case .first(let values):
            for inner in values { if let found = self.value(inner, path, &fields) { return found } }
            return nil
        case .join(let values, let joint):
            let parts = values.compactMap { self.value($0, path, &fields) }
            return joined(parts.map { ([], $0) }, joint, &fields)
        case .all(let slots, let joint):
            let positions = Array(Set(slots.flatMap { filled[$0] })).sorted()
            return joined(positions.map { (label(of: cells[$0].column, slots), cells[$0].value) }, joint, &fields)
        case .hash(let slots):
            let positions = slots.isEmpty ? Array(cells.indices) : slots.flatMap { filled[$0] }
            guard !positions.isEmpty else { return nil }
            var message: [UInt8] = []
            for position in positions {
                message.append(bigEndian: UInt32(cells[position].value.count))
                message += fields.arena[cells[position].value]
            }
            return append(Array(SHA256.hash(message).prefix(16).hexadecimal.utf8), &fields)
        case .words(let inner, let words):
            guard let found = self.value(inner, path, &fields) else { return nil }
            guard let meaning = words[Array(ColumnPattern.comparable(fields.string(found)).utf8)] else { return found }
            return meaning.isEmpty ? nil : append(meaning, &fields)
        case .name(let family, let given):
            switch (self.value(family, path, &fields), self.value(given, path, &fields)) {
            case (let family?, let given?):
                // Names of three-byte letters (Han, kana, Hangul) have the family first and no space.
                let isWestern = fields.arena[family].first! < 0xE0
                return isWestern ? joined([([], given), ([], family)], [0x20], &fields) : joined([([], family), ([], given)], [], &fields)
            case (let family, let given): return family ?? given
            }
        case .html(let inner):
            guard let found = self.value(inner, path, &fields) else { return nil }
            return append(HTMLText.plain(fields.arena[found]), &fields)
        case .number(let inner):
            guard let found = self.value(inner, path, &fields) else { return nil }
            guard let number = SourceNumber.standard(fields.arena[found]) else {
                // It is kept as it is, but it is no number.
                fields.addUnclassified("\(path) as written", fields.string(found))
                fields.unread.append(path)
                return nil
            }
            return append(number, &fields)
        }
    }

    private func joined(_ parts: [(label: [UInt8], value: Range<Int>)], _ joint: [UInt8], _ fields: inout RecordFields) -> Range<Int>? {
        let parts = parts.filter { !$0.value.isEmpty }
        guard let first = parts.first else { return nil }
        if parts.count == 1, first.label.isEmpty { return first.value }
        let from = fields.arena.count
        for (index, part) in parts.enumerated() {
            if index > 0 { fields.arena += joint }
            fields.arena += part.label
            // The arena is copied first: it may move while it grows.
            fields.arena += Array(fields.arena[part.value])
        }
        return from..<fields.arena.count
    }

    /// A question in front of its answer, if several questions fill the slots.
    private func label(of column: Int, _ slots: [Int]) -> [UInt8] {
        let others = isTable ? columns : tree.columns
        let matching = others.filter { $0.slots.contains { slots.contains($0) } }
        guard matching.count > 1 else { return [] }
        let label = ColumnPattern.label(others[column].label)
        guard let last = label.last else { return [] }
        return Array((last.isPunctuation || last.isSymbol ? "\(label) " : "\(label): ").utf8)
    }

    // MARK: Conversations

    /// A conversation's turns, one on each line, as `customer: …` or `agent: …`.
    ///
    /// - Parameter opening: what the customer wrote first.
    private func conversation(_ turns: SourceMapping.Turns, after opening: Range<Int>?, _ fields: inout RecordFields) -> Range<Int>? {
        func byItem(_ slot: Int) -> [Int: Range<Int>] {
            Dictionary(filled[slot].map { (cells[$0].item, cells[$0].value) }) { first, _ in first }
        }
        let (texts, speakers) = (byItem(turns.text), byItem(turns.speaker))
        let names = turns.name.map(byItem) ?? [:]
        guard !texts.isEmpty else { return nil }
        let identities = turns.customerSlots.flatMap { filled[$0] }.map { fields.string(cells[$0].value) }
        var lines: [UInt8] = []
        func add(_ text: Range<Int>, isCustomer: Bool) {
            let plain = HTMLText.plain(fields.arena[text])
            guard plain.contains(where: { $0 > 0x20 }) else { return }
            if !lines.isEmpty { lines.append(0x0A) }
            lines += isCustomer ? Array("customer: ".utf8) : Array("agent: ".utf8)
            // A line is one turn.
            lines += plain.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        }
        let first = opening.map { HTMLText.plain(fields.arena[$0]) } ?? []
        if let opening { add(opening, isCustomer: true) }
        for (position, (item, range)) in texts.sorted(by: { $0.key < $1.key }).enumerated() {
            // Help desks repeat a ticket's description as its first comment.
            if position == 0, !first.isEmpty, first.suffix(range.count).elementsEqual(fields.arena[range]) { continue }
            let speaker = speakers[item].map { fields.string($0) } ?? ""
            let isCustomer = turns.customer.contains(ColumnPattern.comparable(speaker)) || identities.contains(speaker)
            if !isCustomer, let name = names[item] { fields.customerExtras.append(name) }
            add(range, isCustomer: isCustomer)
        }
        return lines.isEmpty ? nil : append(lines, &fields)
    }
}
