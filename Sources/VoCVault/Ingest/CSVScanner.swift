/// Finds where the records of a CSV end (RFC 4180), in blocks as they arrive.
///
/// A quote opens a quoted value only at the value's start. In any other value it is an ordinary character: product reviews often
/// contain 55". A quote inside a quoted value that is neither doubled nor followed by a delimiter or a line end means that the
/// quotes cannot be trusted: nothing tells whether this quote or the opening one is the stray.
struct CSVScanner {
    enum Event {
        /// All bytes have been examined.
        case end
        /// A line end inside a quoted value.
        case lineInside
        /// A line end after a record's last value.
        case record
        /// A quoted value that continues after its closing quote.
        case stray
    }

    private enum State {
        case valueStart, plain, quoted, quoteInQuoted
        /// After a closing quote and a carriage return.
        case lineEnd
        /// Skipping to the end of a line that is not a record.
        case skipping
    }

    /// The delimiter. Before the header is known, any possible one.
    private let delimiters: (UInt8, UInt8, UInt8)
    private var state = State.valueStart
    /// Number of complete values in the current record.
    private(set) var completeValues = 0

    /// Searches for the header, where comma, semicolon and tab may all be the delimiter.
    init() { delimiters = (0x2C, 0x3B, 0x09) }

    init(delimiter: UInt8) { delimiters = (delimiter, delimiter, delimiter) }

    /// Whether a quoted value is open at the end of the bytes so far.
    var isInQuotes: Bool { state == .quoted }

    /// Whether the current record was given up.
    var isSkipping: Bool { state == .skipping }

    /// Number of values in the record that has just ended.
    var values: Int { completeValues + 1 }

    mutating func beginRecord() { (state, completeValues) = (.valueStart, 0) }

    /// Gives the record up and continues to the end of the line, whatever it contains.
    mutating func skipLine() { state = .skipping }

    /// Continues from `position`, and leaves it after whatever the event is about.
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
                    position = bytes.firstPlace(ofASCII: delimiters.0, delimiters.1, delimiters.2, 0x0A, from: position)
                }
            case .quoted:
                if byte == 0x22 {
                    state = .quoteInQuoted
                } else if byte == 0x0A {
                    return .lineInside
                } else {
                    position = bytes.firstPlace(ofASCII: 0x22, 0x22, 0x22, 0x0A, from: position)
                }
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
