import Sealing

/// Some records of an input, as bytes with the place of each record.
struct InputBatch: Sendable {
    var bytes: [UInt8]
    var records: [(range: Range<Int>, line: Int)]
    /// Lines that are too long to be read.
    var tooLong: [Int]
}

/// Reads an input block by block and cuts it into records: lines for JSONL; for CSV, line ends
/// inside quotes belong to the record. Memory does not grow with the input.
final class InputReader {
    static let maximumRecord = 16 << 20
    private let nextBlock: () throws -> ArraySlice<UInt8>?
    private let quoted: Bool
    private var rest: [UInt8] = []
    /// Of a batch, with the block that ends it.
    private var usualSize = 0
    private var line = 1
    private var atEnd = false
    /// Skipping the remainder of a record that is too long.
    private var skipping = false
    private(set) var bytesRead: Int64 = 0

    /// - Parameters:
    ///   - quoted: whether quotes can hold line ends (CSV).
    ///   - nextBlock: gives the next bytes of the input; nil or none at its end.
    init(quoted: Bool, nextBlock: @escaping () throws -> ArraySlice<UInt8>?) {
        (self.nextBlock, self.quoted) = (nextBlock, quoted)
    }

    /// The next records: at most `maximum`, and about 8 MiB; nil at the end.
    func next(maximum: Int) throws -> InputBatch? {
        var batch = InputBatch(bytes: [], records: [], tooLong: [])
        batch.bytes.reserveCapacity(rest.count + usualSize)
        batch.bytes += rest
        wipe(&rest)
        rest = []
        var start = 0
        var position = 0
        var startLine = line
        var inQuotes = false
        while true {
            while position < batch.bytes.count {
                if quoted {
                    let byte = batch.bytes[position]
                    position += 1
                    if byte == 0x22 { inQuotes.toggle() }
                    guard byte == 0x0A else { continue }
                } else {
                    guard let end = batch.bytes.firstPlace(ofASCII: 0x0A, from: position) else {
                        position = batch.bytes.count
                        break
                    }
                    position = end + 1
                }
                line += 1
                if inQuotes { continue }
                finish(&batch, start..<position - 1, startLine)
                (start, startLine) = (position, line)
                if batch.records.count >= maximum || position > 8 << 20 {
                    return cut(&batch, at: start)
                }
            }
            if position - start > Self.maximumRecord, !skipping {
                skipping = true
                batch.tooLong.append(startLine)
            }
            if skipping {
                batch.bytes.removeLast(batch.bytes.count - start)
                position = start
            }
            if atEnd { break }
            guard let block = try nextBlock(), !block.isEmpty else {
                atEnd = true
                continue
            }
            bytesRead += Int64(block.count)
            batch.bytes.append(contentsOf: block)
        }
        if start < batch.bytes.count { finish(&batch, start..<batch.bytes.count, startLine) }
        return batch.records.isEmpty && batch.tooLong.isEmpty ? nil : batch
    }

    private func finish(_ batch: inout InputBatch, _ range: Range<Int>, _ line: Int) {
        if skipping {
            skipping = false
            return
        }
        var range = range
        if let last = range.last, batch.bytes[last] == 0x0D { range = range.lowerBound..<last }
        // A byte order mark at the very start is not part of the record.
        if line == 1, range.count >= 3, Array(batch.bytes[range.prefix(3)]) == [0xEF, 0xBB, 0xBF] {
            range = range.lowerBound + 3..<range.upperBound
        }
        if range.contains(where: { batch.bytes[$0] != 0x20 && batch.bytes[$0] != 0x09 }) {
            batch.records.append((range, line))
        }
    }

    private func cut(_ batch: inout InputBatch, at end: Int) -> InputBatch {
        usualSize = batch.bytes.count
        rest = Array(batch.bytes[end...])
        batch.bytes.removeLast(batch.bytes.count - end)
        return batch
    }
}
