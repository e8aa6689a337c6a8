/// Finds where the records of a CSV end (RFC 4180), over blocks as they come.
///
/// A quote opens a quoted value only at the value's start; within any other value it is a character like all others: 55" stands
/// in many a product review. A quote inside a quoted value that is neither doubled nor followed by a delimiter or the line's end
/// means that quotes cannot be trusted here: whether this one or the one that opened the value is the stray one, nothing says.
struct CSVScanner {
    enum Event {
        /// All bytes were looked at.
        case end
        /// A line end inside a quoted value.
        case lineInside
        /// A line end behind a record's last value.
        case record
        /// A quoted value goes on behind its closing quote.
        case stray
    }

    private enum State {
        case valueStart, plain, quoted, quoteInQuoted
        /// Behind a closing quote and a carriage return.
        case lineEnd
        /// On the way to the end of a line that is no record.
        case skipping
    }

    /// What ends a value. Before the header is known, all that can.
    private let delimiters: (UInt8, UInt8, UInt8)
    private var state = State.valueStart
    /// Values of the record at hand that are complete.
    private(set) var completeValues = 0

    /// Looks for the header, where any of comma, semicolon and tab may delimit.
    init() { delimiters = (0x2C, 0x3B, 0x09) }

    init(delimiter: UInt8) { delimiters = (delimiter, delimiter, delimiter) }

    /// Whether a quoted value is open that the bytes so far do not close.
    var isInQuotes: Bool { state == .quoted }

    /// Whether the record at hand was given up.
    var isSkipping: Bool { state == .skipping }

    /// Values of the record that has just ended.
    var values: Int { completeValues + 1 }

    mutating func beginRecord() { (state, completeValues) = (.valueStart, 0) }

    /// Gives the record up: goes on to the end of the line, whatever stands there.
    mutating func skipLine() { state = .skipping }

    /// Goes on from `position` and leaves it behind what the event is about.
    mutating func next(_ bytes: [UInt8], _ position: inout Int) -> Event {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch state {
            case .valueStart where byte == 0x22: state = .quoted
            case .valueStart, .plain:
                if isDelimiter(byte) {
                    state = .valueStart
                    completeValues += 1
                } else if byte == 0x0A {
                    return .record
                } else {
                    state = .plain
                }
            case .quoted:
                if byte == 0x22 { state = .quoteInQuoted } else if byte == 0x0A { return .lineInside }
            case .quoteInQuoted:
                if byte == 0x22 {
                    state = .quoted
                } else if isDelimiter(byte) {
                    state = .valueStart
                    completeValues += 1
                } else if byte == 0x0A {
                    return .record
                } else if byte == 0x0D {
                    state = .lineEnd
                } else {
                    return .stray
                }
            case .lineEnd: return byte == 0x0A ? .record : .stray
            case .skipping:
                if byte == 0x0A { return .record }
            }
        }
        return .end
    }

    private func isDelimiter(_ byte: UInt8) -> Bool { byte == delimiters.0 || byte == delimiters.1 || byte == delimiters.2 }
}
