/// Finds phone numbers as people say them: in English words, and in pieces that the other side reads back.
enum SpokenNumberDetector {
    static func detect(in text: FoldedText, _ words: LatinWords, into found: inout [Entity]) {
        readBack(text, into: &found)
        numbers(text, words, into: &found)
    }

    // MARK: Pieces

    /// 138 … 对,0013 … 8000: a mobile number in pieces of three and four, over sentences and turns.
    private static func readBack(_ text: FoldedText, into found: inout [Entity]) {
        guard text.digitCount >= 11 else { return }
        var chunks: [Range<Int>] = []
        chunks.reserveCapacity(8)
        var start = text.next(.numeral, from: 0)
        while start < text.count {
            let end = text.end(of: .numeral, from: start)
            // T6400 and 130M are models.
            let isModel = (start > 0 && FoldedText.isLatin(text.units[start - 1])) || (end < text.count && FoldedText.isLatin(text.units[end]))
            if !isModel { chunks.append(start..<end) }
            start = text.next(.numeral, from: end)
        }
        guard chunks.count >= 3 else { return }
        var first = 0
        while first + 2 < chunks.count {
            let head = chunks[first]
            guard head.count == 3, text.digits[head.lowerBound] == 1, text.digits[head.lowerBound + 1] >= 3 else {
                first += 1
                continue
            }
            // The other side may repeat a piece before the next one comes.
            var pieces = [head]
            var repeats: [Range<Int>] = []
            var next = first + 1
            while next < chunks.count, pieces.count < 3, chunks[next].lowerBound - chunks[next - 1].upperBound <= 24 {
                let chunk = chunks[next]
                if same(chunk, pieces.last!, text) {
                    repeats.append(chunk)
                } else if chunk.count == 4 {
                    pieces.append(chunk)
                } else if chunk.count == pieces.last!.count + 4, text.digits[chunk].starts(with: text.digits[pieces.last!]) {
                    // The piece before and the next one in one breath.
                    let middle = chunk.lowerBound + pieces.last!.count
                    repeats.append(chunk.lowerBound..<middle)
                    pieces.append(middle..<chunk.upperBound)
                } else {
                    break
                }
                next += 1
            }
            guard pieces.count == 3 else {
                first += 1
                continue
            }
            while next < chunks.count, chunks[next].lowerBound - chunks[next - 1].upperBound <= 24, pieces.contains(where: { same($0, chunks[next], text) }) {
                repeats.append(chunks[next])
                next += 1
            }
            let key = key(pieces, text)
            for piece in pieces + repeats { found.append(entity(piece, key, text)) }
            first = next
        }
    }

    private static func same(_ a: Range<Int>, _ b: Range<Int>, _ text: FoldedText) -> Bool { text.digits[a].elementsEqual(text.digits[b]) }

    private static func key(_ pieces: [Range<Int>], _ text: FoldedText) -> String {
        String(decoding: pieces.flatMap { text.digits[$0].map { $0 + 48 } }, as: UTF8.self)
    }

    private static func entity(_ range: Range<Int>, _ key: String, _ text: FoldedText) -> Entity {
        Entity(type: .phone, bytes: text.bytes(range), score: 0.8, rule: "phone.read-back", key: key)
    }

    private static let hundred = "hundred".unicodeScalars.map(\.value)
    private static let then = "then".unicodeScalars.map(\.value)

    // MARK: English words

    private enum Word {
        case digit(UInt8)
        /// The next digit stands so many times.
        case times(Int)
    }

    /// By their first letter, from a.
    private static let numerals: [[(units: [UInt32], word: Word)]] = {
        let digits: KeyValuePairs<String, UInt8> = [
            "zero": 0, "oh": 0, "o": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        ]
        let all = digits.map { ($0.key, Word.digit($0.value)) } + [("double", .times(2)), ("triple", .times(3)), ("treble", .times(3))]
        return (UInt32(97)...122).map { letter in
            all.map { (units: $0.unicodeScalars.map(\.value), word: $1) }.filter { $0.units[0] == letter }
        }
    }()

    private static let numeralHashes = WordSet("zero oh o nought one two three four five six seven eight nine double triple treble")

    /// What a Latin word says of a number.
    private static func word(_ range: Range<Int>, _ text: FoldedText) -> Word? {
        numerals[Int(text.units[range.lowerBound]) - 97].first { $0.units.count == range.count && text.has($0.units, at: range.lowerBound) }?.word
    }

    /// Seven digits and more, each a word: "one three eight double zero one three eight triple zero".
    private static func numbers(_ text: FoldedText, _ words: LatinWords, into found: inout [Entity]) {
        var start = 0
        var end = 0
        var digits: [UInt8] = []
        var factor = 1
        func finish(_ found: inout [Entity]) {
            guard !digits.isEmpty else { return }
            defer { digits.removeAll(keepingCapacity: true) }
            guard digits.count >= 7, digits.count <= 18 else { return }
            found.append(
                Entity(
                    type: .phone, bytes: text.bytes(start..<end), score: 0.85, rule: "phone.en-words",
                    key: String(decoding: digits.map { $0 + 48 }, as: UTF8.self)))
        }
        /// Digits among the words count as well.
        func read(_ gap: Range<Int>, _ found: inout [Entity]) {
            for index in gap where !digits.isEmpty {
                let unit = text.units[index]
                if FoldedText.isDigit(unit) {
                    digits.append(UInt8(unit - 48))
                    end = index + 1
                } else if !FoldedText.isSeparator(unit) {
                    finish(&found)
                }
            }
        }
        var lastEnd = 0
        for (word, hash) in zip(words.units, words.hashes) {
            let isNumeral = numeralHashes.contains(hash)
            guard isNumeral || !digits.isEmpty || factor != 1 else { continue }
            read(lastEnd..<word.lowerBound, &found)
            lastEnd = word.upperBound
            guard word.count <= 7 else {
                finish(&found)
                continue
            }
            switch isNumeral ? Self.word(word, text) : nil {
            case .times(let times)?:
                if digits.isEmpty { start = word.lowerBound }
                factor = times
            // A single letter begins no number.
            case .digit(let digit)? where word.count > 1 || !digits.isEmpty:
                if digits.isEmpty, factor == 1 { start = word.lowerBound }
                digits += Array(repeating: digit, count: factor)
                factor = 1
                end = word.upperBound
            // "nine hundred", "three one two then five".
            case nil where !digits.isEmpty && text.has(Self.hundred, at: word.lowerBound) && word.count > 4: digits += [0, 0]
            case nil where !digits.isEmpty && text.has(Self.then, at: word.lowerBound) && word.count == 4: break
            default:
                factor = 1
                finish(&found)
            }
        }
        read(lastEnd..<text.count, &found)
        finish(&found)
    }
}
