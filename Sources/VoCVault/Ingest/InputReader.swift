import Sealing

/// Some records of an input: bytes, with the place of each record.
struct InputBatch: Sendable {
    var bytes: [UInt8] = []
    var records: [(range: Range<Int>, line: Int)] = []
    /// What cannot be read as a record at all.
    var unreadable: [Unreadable] = []
    /// Whether the input ends with it.
    var isLast = false

    struct Unreadable: Sendable {
        /// The first one.
        var line: Int
        var lines = 1
        var error: RecordError
        /// The lines, if they are kept and not too long.
        var content: [UInt8]?
    }
}

/// Reads an input block by block and splits it into records: lines for JSONL; in CSV, a line end inside quotes belongs to the
/// record. Memory does not grow with the input.
final class InputReader {
    static let maximumRecord = 16 << 20
    /// Whether records that cannot be read are kept.
    var keepsUnreadable = false
    /// Size of a full batch in bytes.
    private static let usualBatch = 8 << 20

    /// Where the current record begins, and how far it has been read.
    private struct Place {
        var start = 0
        var position = 0
        var startLine: Int
    }

    private let nextBlock: () throws -> ArraySlice<UInt8>?
    /// Whether a line end within a record is no line: records are counted, and called lines.
    private let countsRecords: Bool
    private let isReady: ((Duration) -> Bool)?
    /// How long records wait for others that come slowly.
    private static let patience = Duration.seconds(1)
    /// Of a CSV.
    private var scanner: CSVScanner?
    /// Number of values in the header, once known.
    private var columns: Int?
    private var rest: [UInt8] = []
    /// Size of a batch, including the block that ends it.
    private var usualSize = 0
    private var line = 1
    private var hasBegun = false
    private var atEnd = false
    /// Skipping the rest of a line that is too long.
    private var isSkipping = false
    /// The CSV record whose quotes went wrong. What follows counts as part of it, unless it has as many values as the header.
    private var broken: InputBatch.Unreadable?

    /// - Parameters:
    ///   - isCSV: whether quotes can contain line ends. If so, read only the first record, and then call
    ///     ``use(delimiter:columns:)``.
    ///   - isReady: says whether the next bytes are there within a time; nil if they always are.
    ///   - nextBlock: returns the next bytes of the input; nil or none at its end.
    init(
        isCSV: Bool, countsRecords: Bool = false, isReady: ((Duration) -> Bool)? = nil, nextBlock: @escaping () throws -> ArraySlice<UInt8>?
    ) {
        (self.nextBlock, self.countsRecords, self.isReady, scanner) = (nextBlock, countsRecords, isReady, isCSV ? CSVScanner() : nil)
    }

    /// - Parameter columns: number of values in each record; nil if the next record decides.
    func use(delimiter: UInt8, columns: Int?) { (scanner, self.columns) = (CSVScanner(delimiter: delimiter), columns) }

    /// The next records: at most `maximum`, and about 8 MiB; nil at the end.
    func next(maximum: Int) throws -> InputBatch? {
        var batch = InputBatch()
        batch.bytes.reserveCapacity(rest.count + usualSize)
        batch.bytes += rest
        wipe(&rest)
        rest = []
        var place = Place(startLine: line)
        var deadline: ContinuousClock.Instant?
        while true {
            if !hasBegun, atEnd || batch.bytes.count >= 3 { begin(batch, &place) }
            while hasBegun, readRecord(&batch, &place) {
                if batch.records.count >= maximum || place.start > Self.usualBatch { return cut(&batch, at: place.start) }
            }
            if place.position - place.start > Self.maximumRecord { skip(&batch, &place) }
            if isSkipping || scanner?.isSkipping == true {
                keepUnreadable(batch.bytes[place.start...])
                batch.bytes.removeLast(batch.bytes.count - place.start)
                place.position = place.start
            }
            if let isReady, !batch.records.isEmpty, !atEnd, !isSkipping, scanner?.isSkipping != true, broken == nil {
                let until = deadline ?? .now + Self.patience
                deadline = until
                if ContinuousClock.now >= until || !isReady(until - .now) {
                    // What has come of the next record is read again.
                    line = place.startLine
                    scanner?.beginRecord()
                    return cut(&batch, at: place.start)
                }
            }
            if !atEnd {
                let block = try nextBlock() ?? []
                atEnd = block.isEmpty
                batch.bytes.append(contentsOf: block)
            } else if scanner?.isInQuotes == true {
                giveUp(&batch, &place, .unclosedQuote)
            } else {
                break
            }
        }
        if place.start < batch.bytes.count || scanner?.isSkipping == true {
            line += 1
            finish(&batch, &place, end: batch.bytes.count)
        }
        if let broken { batch.unreadable.append(broken) }
        broken = nil
        batch.isLast = true
        return batch.records.isEmpty && batch.unreadable.isEmpty ? nil : batch
    }

    /// A byte order mark at the beginning is not part of a record.
    private func begin(_ batch: InputBatch, _ place: inout Place) {
        hasBegun = true
        if batch.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (place.start, place.position) = (3, 3) }
    }

    /// Continues to the end of a record; false if the bytes read so far do not contain it.
    private func readRecord(_ batch: inout InputBatch, _ place: inout Place) -> Bool {
        if scanner == nil {
            guard let end = batch.bytes.firstPlace(ofASCII: 0x0A, from: place.position) else {
                place.position = batch.bytes.count
                return false
            }
            place.position = end + 1
            line += 1
        } else {
            reading: while true {
                switch scanner!.next(batch.bytes, &place.position) {
                case .end: return false
                case .lineInside: if !countsRecords { line += 1 }
                case .stray: giveUp(&batch, &place, .strayQuote)
                case .record:
                    line += 1
                    break reading
                }
            }
        }
        finish(&batch, &place, end: place.position - 1)
        return true
    }

    /// A record has ended and is kept, unless it was given up.
    private func finish(_ batch: inout InputBatch, _ place: inout Place, end: Int) {
        let (range, startLine) = (place.start..<end, place.startLine)
        (place.start, place.startLine) = (place.position, line)
        defer { scanner?.beginRecord() }
        if isSkipping {
            isSkipping = false
            return
        }
        if broken != nil {
            guard !scanner!.isSkipping, columns.map({ $0 == scanner!.values }) ?? true else {
                broken!.lines = line - broken!.line
                keepUnreadable(batch.bytes[range])
                keepUnreadable([0x0A])
                return
            }
            batch.unreadable.append(broken!)
            broken = nil
        }
        keep(&batch, range, startLine)
    }

    private func keep(_ batch: inout InputBatch, _ range: Range<Int>, _ line: Int) {
        var range = range
        if let last = range.last, batch.bytes[last] == 0x0D { range = range.lowerBound..<last }
        if range.contains(where: { batch.bytes[$0] != 0x20 && batch.bytes[$0] != 0x09 }) {
            batch.records.append((range, line))
        }
    }

    // MARK: What is no record

    /// The current record is longer than any may be.
    private func skip(_ batch: inout InputBatch, _ place: inout Place) {
        let error = RecordError.tooLong(limit: Self.maximumRecord)
        if scanner?.isInQuotes == true, line > place.startLine {
            giveUp(&batch, &place, .unclosedQuote)
        } else if scanner != nil {
            giveUp(&batch, &place, error)
        } else if !isSkipping {
            isSkipping = true
            batch.unreadable.append(InputBatch.Unreadable(line: place.startLine, error: error))
        }
    }

    /// The current CSV record cannot be what it seems: only its first line counts as the record, and reading continues with the
    /// next line.
    private func giveUp(_ batch: inout InputBatch, _ place: inout Place, _ error: RecordError) {
        broken = broken ?? InputBatch.Unreadable(line: place.startLine, error: error, content: keepsUnreadable ? [] : nil)
        guard line > place.startLine, let end = batch.bytes.firstPlace(ofASCII: 0x0A, from: place.start) else { return scanner!.skipLine() }
        line = place.startLine + 1
        broken!.lines = line - broken!.line
        keepUnreadable(batch.bytes[place.start...end])
        place = Place(start: end + 1, position: end + 1, startLine: line)
        scanner!.beginRecord()
    }

    /// Adds to what is kept of the record whose quotes went wrong.
    private func keepUnreadable(_ bytes: ArraySlice<UInt8>) {
        guard let kept = broken?.content else { return }
        broken!.content = kept.count + bytes.count <= Self.maximumRecord ? kept + bytes : nil
    }

    private func cut(_ batch: inout InputBatch, at end: Int) -> InputBatch {
        usualSize = batch.bytes.count
        rest = Array(batch.bytes[end...])
        batch.bytes.removeLast(batch.bytes.count - end)
        return batch
    }
}
