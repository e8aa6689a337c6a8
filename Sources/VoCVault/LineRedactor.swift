import Detection
import Foundation

/// Redacts JSON lines `{"id", "text"}` without a vault.
public struct LineRedactor: Sendable {
    private let detector = Detector()

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

        var id: Identifier
        var text: String
    }

    public init() {}

    /// Reads lines block by block, redacts them on all cores, and hands on the results in order.
    ///
    /// - Parameter onReject: gets the number of each line that is no such object.
    public func run(_ input: FileHandle, write: ([UInt8]) throws -> Void, onReject: (Int) -> Void) throws {
        let reader = InputReader(handle: input, quoted: false)
        while let batch = try reader.next(maximum: 4096) {
            let parts = pieces(of: batch.records.count, batch.records.count < 16 ? 1 : ProcessInfo.processInfo.activeProcessorCount)
            let results = try inParallel(parts.count) { part in
                var output: [UInt8] = []
                var rejected: [Int] = []
                for (range, line) in batch.records[parts[part]] {
                    if !redact(Data(batch.bytes[range]), to: &output) { rejected.append(line) }
                }
                return (output, rejected)
            }
            for (output, _) in results { try write(output) }
            for line in (results.flatMap(\.1) + batch.tooLong).sorted() { onReject(line) }
        }
    }

    private func redact(_ line: Data, to output: inout [UInt8]) -> Bool {
        guard let input = try? JSONDecoder().decode(Input.self, from: line) else { return false }
        let text = Array(input.text.utf8)
        let entities = detector.entities(in: text.span)
        JSONObject.begin(&output)
        switch input.id {
        case .text(let id): JSONObject.add("id", .string(id), to: &output)
        case .number(let id): JSONObject.add("id", .number(String(id)), to: &output)
        }
        JSONObject.add("text", .string(input.text), to: &output)
        JSONObject.add("spans", .raw(spans(of: entities, in: text)), to: &output)
        let redacted = Detector.replace(entities, in: text[...])
        JSONObject.add("redacted", .string(String(decoding: redacted, as: UTF8.self)), to: &output)
        output += [0x7D, 0x0A]
        return true
    }

    private func spans(of entities: [Entity], in text: [UInt8]) -> String {
        var position = 0
        var scalars = 0
        /// Scalars before a byte offset; offsets come in ascending order.
        func scalarOffset(_ byte: Int) -> Int {
            while position < byte {
                if text[position] & 0xC0 != 0x80 { scalars += 1 }
                position += 1
            }
            return scalars
        }
        let spans = entities.map { entity in
            let (start, end) = (scalarOffset(entity.bytes.lowerBound), scalarOffset(entity.bytes.upperBound))
            return "{\"start\":\(start),\"end\":\(end),\"type\":\"\(entity.type.rawValue)\",\"score\":\(entity.score)}"
        }
        return "[" + spans.joined(separator: ",") + "]"
    }
}
