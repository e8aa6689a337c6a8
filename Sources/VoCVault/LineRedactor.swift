import Detection
import Foundation
import Policy
import Wire

/// Redacts JSON lines `{"id", "text"}` without a vault.
package struct LineRedactor: Sendable {
    private let detector: Detector
    /// Whether each span names the rule that found it.
    private let explains: Bool

    /// A line of input; `spans` are the marks that people made.
    private struct Input: Decodable {
        enum Identifier: Decodable {
            case text(String)
            case number(Int64)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int64.self) {
                    self = .number(number)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }

        struct Span: Decodable {
            var start: Int
            var end: Int
            var type: String
        }

        var id: Identifier
        var text: String
        var spans: [Span]?
    }

    /// - Parameters:
    ///   - languages: those that are read beside Chinese and English, where no folder of policies says so.
    ///   - policies: folder whose `schema.yaml` gives thresholds, operators and word lists; nil: the defaults.
    ///   - explains: add the rule to each span.
    package init(policies: String? = nil, languages: Set<LanguagePack> = [], explains: Bool = false) throws {
        self.explains = explains
        guard let policies else {
            detector = Detector(packs: languages)
            return
        }
        let policy = try PolicySet.load(from: policies)
        detector = try PolicyCheck.detector(policy)
    }

    /// Reads lines block by block, redacts them on all cores, and passes on the results in order.
    ///
    /// - Parameter onReject: receives the number of each line that is not such an object.
    package func run(_ input: FileHandle, write: ([UInt8]) throws -> Void, onReject: (Int) -> Void) throws {
        try forEachBatch(input, onReject: onReject, into: [UInt8]()) { line, output in
            redact(line, to: &output)
        } take: { output in
            try write(output)
        }
    }

    /// Compares the detector's findings with people's marks: lines `{"id", "text", "spans": [{"start", "end", "type"}]}`, with
    /// offsets in Unicode scalars.
    package func evaluate(_ input: FileHandle, onReject: (Int) -> Void) throws -> DetectionQuality {
        var quality = DetectionQuality()
        try forEachBatch(input, onReject: onReject, into: [(gold: [DetectionQuality.Mark], found: [DetectionQuality.Mark])]()) { line, output in
            compare(line, &output)
        } take: { output in
            for (gold, found) in output { quality.add(gold: gold, found: found) }
        }
        return quality
    }

    private func forEachBatch<R: Sendable>(
        _ input: FileHandle, onReject: (Int) -> Void, into empty: R, _ process: @Sendable (Data, inout R) -> Bool, take: (R) throws -> Void
    ) throws {
        let reader = InputReader(isCSV: false, nextBlock: FileBlocks(input).next)
        while let batch = try reader.next(maximum: 4096) {
            let parts = pieces(of: batch.records.count, batch.records.count < 16 ? 1 : ProcessInfo.processInfo.activeProcessorCount)
            let results = try inParallel(parts.count) { part in
                var output = empty
                var rejected: [Int] = []
                for (range, line) in batch.records[parts[part]] {
                    if !process(Data(batch.bytes[range]), &output) { rejected.append(line) }
                }
                return (output, rejected)
            }
            for (output, _) in results { try take(output) }
            for line in (results.flatMap(\.1) + batch.unreadable.map(\.line)).sorted() { onReject(line) }
        }
    }

    private func redact(_ line: Data, to output: inout [UInt8]) -> Bool {
        guard let input = try? JSONDecoder().decode(Input.self, from: line) else { return false }
        let text = Array(input.text.utf8)
        let (entities, dismissed) = explains ? detector.explanation(of: text.span) : (detector.entities(in: text.span), [])
        var line = JSON.Object()
        switch input.id {
        case .text(let id): line.add("id", id, to: &output)
        case .number(let id): line.add("id", .integer(id), to: &output)
        }
        line.add("text", input.text, to: &output)
        line.begin("spans", in: &output)
        output.append(0x5B)
        for (index, (entity, range)) in zip(entities, Self.scalars(entities, in: text)).enumerated() {
            if index > 0 { output.append(0x2C) }
            var span = JSON.Object()
            span.add("start", .integer(Int64(range.lowerBound)), to: &output)
            span.add("end", .integer(Int64(range.upperBound)), to: &output)
            span.add("type", entity.name, to: &output)
            span.add("score", .decimal(entity.score), to: &output)
            if explains { span.add("rule", entity.rule, to: &output) }
            span.end(&output)
        }
        output.append(0x5D)
        if explains { add(dismissed, of: text, to: &line, &output) }
        line.add("redacted", String(decoding: detector.replace(entities, in: text[...]), as: UTF8.self), to: &output)
        line.end(&output)
        output.append(0x0A)
        return true
    }

    /// What was considered and stays.
    private func add(_ dismissed: [Dismissed], of text: [UInt8], to line: inout JSON.Object, _ output: inout [UInt8]) {
        line.begin("not", in: &output)
        output.append(0x5B)
        for (index, (note, range)) in zip(dismissed, Self.scalars(dismissed.map(\.entity), in: text)).enumerated() {
            if index > 0 { output.append(0x2C) }
            var span = JSON.Object()
            span.add("start", .integer(Int64(range.lowerBound)), to: &output)
            span.add("end", .integer(Int64(range.upperBound)), to: &output)
            span.add("type", note.entity.name, to: &output)
            span.add("rule", note.entity.rule, to: &output)
            span.add("reason", note.reason, to: &output)
            span.end(&output)
        }
        output.append(0x5D)
    }

    private func compare(_ line: Data, _ output: inout [(gold: [DetectionQuality.Mark], found: [DetectionQuality.Mark])]) -> Bool {
        guard let input = try? JSONDecoder().decode(Input.self, from: line), let spans = input.spans,
            spans.allSatisfy({ 0 <= $0.start && $0.start < $0.end && $0.end <= input.text.unicodeScalars.count })
        else { return false }
        let text = Array(input.text.utf8)
        let entities = detector.entities(in: text.span)
        let found = zip(entities, Self.scalars(entities, in: text)).map { DetectionQuality.Mark(range: $1, type: $0.name) }
        output.append((spans.map { DetectionQuality.Mark(range: $0.start..<$0.end, type: $0.type) }, found))
        return true
    }

    /// Positions of entities in Unicode scalars.
    private static func scalars(_ entities: [Entity], in text: [UInt8]) -> [Range<Int>] {
        var position = 0
        var scalars = 0
        /// Number of scalars before a byte offset. Offsets mostly come in ascending order.
        func scalarOffset(_ byte: Int) -> Int {
            if byte < position { (position, scalars) = (0, 0) }
            while position < byte {
                if text[position] & 0xC0 != 0x80 { scalars += 1 }
                position += 1
            }
            return scalars
        }
        return entities.map { entity in
            let start = scalarOffset(entity.bytes.lowerBound)
            return start..<scalarOffset(entity.bytes.upperBound)
        }
    }
}
