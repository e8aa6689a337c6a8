import CFormats

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Brings a text to UTF-8 while it is read.
///
/// What means nothing in the encoding becomes the byte FF, which is in no UTF-8: the record that it is in is rejected, and says where.
package final class TextDecoder {
    private let blocks: Blocks
    /// nil: not known yet, as everything so far is ASCII.
    private var encoding: TextEncoding?
    private var converter: iconv_t?
    private var hasBegun = false
    private var atEnd = false
    /// Lines of JSON may come slowly, and are UTF-8 almost always (RFC 8259, 8.1): the first ones are not kept waiting for more.
    private var isJSON = false
    /// Bytes of a character that is not complete.
    private var rest: [UInt8] = []
    private var output = [UInt8](repeating: 0, count: 256 << 10)

    /// - Parameter encoding: nil to tell it by a mark at the beginning, or else by the text. A mark is believed before this.
    package init(_ blocks: @escaping Blocks, encoding: TextEncoding?) { (self.blocks, self.encoding) = (blocks, encoding) }

    deinit { if let converter { iconv_close(converter) } }

    /// What the text was found to be in, once that is known.
    package var found: TextEncoding? { encoding }

    /// The next bytes in UTF-8, without a mark; nil at the end.
    package func next() throws -> ArraySlice<UInt8>? {
        while !atEnd {
            var block = try blocks() ?? []
            atEnd = block.isEmpty
            if !rest.isEmpty {
                block = (rest + block)[...]
                rest = []
            }
            if !hasBegun {
                // Two bytes tell UTF-16, three the mark of UTF-8.
                if block.count < 4, !atEnd {
                    rest = Array(block)
                    continue
                }
                begin(&block)
            }
            if encoding == nil, block.contains(where: { $0 >= 0x80 }) {
                if !atEnd, !isJSON, !EncodingDetector.isEnough(block) {
                    rest = Array(block)
                    continue
                }
                encoding = EncodingDetector.detect(block)
            }
            guard let encoding, encoding != .utf8 else {
                if block.isEmpty, !atEnd { continue }
                return block.isEmpty ? nil : block
            }
            let text = try convert(block, from: encoding)
            if !text.isEmpty { return text[...] }
        }
        return nil
    }

    private func begin(_ block: inout ArraySlice<UInt8>) {
        hasBegun = true
        isJSON = block.first { $0 > 0x20 }.map { $0 == 0x7B || $0 == 0x5B } ?? false
        if let mark = TextEncoding.mark(block) {
            encoding = mark.encoding
            block = block.dropFirst(mark.length)
        } else if encoding == nil, block.prefix(4096).contains(0) {
            encoding = EncodingDetector.detect(block)
        }
    }

    private func convert(_ block: ArraySlice<UInt8>, from encoding: TextEncoding) throws -> [UInt8] {
        if converter == nil {
            let made = iconv_open("UTF-8", encoding.iconvName)
            guard made != iconv_t(bitPattern: -1) else { throw FormatError.damaged("the system's table for \(encoding.rawValue)") }
            converter = made
        }
        var text: [UInt8] = []
        text.reserveCapacity(block.count * 3 / 2)
        let input = Array(block)
        var position = 0
        while position < input.count {
            let (read, written, code) = step(input, from: position)
            text += output[..<written]
            position += read
            if code == EINVAL, !atEnd {
                rest = Array(input[position...])
                return text
            }
            if code == EILSEQ || code == EINVAL {
                text.append(0xFF)
                position += encoding == .utf16LittleEndian || encoding == .utf16BigEndian ? 2 : 1
            }
        }
        return text
    }

    /// One call of iconv.
    ///
    /// - Returns: how much it read and wrote, and why it stopped: 0, or an error number.
    private func step(_ input: [UInt8], from position: Int) -> (read: Int, written: Int, code: Int32) {
        input.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { target in
                var from: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: source.baseAddress!.assumingMemoryBound(to: CChar.self) + position)
                var to: UnsafeMutablePointer<CChar>? = target.baseAddress!.assumingMemoryBound(to: CChar.self)
                var (left, room) = (input.count - position, target.count)
                let result = iconv(converter, &from, &left, &to, &room)
                let code = errno
                return (input.count - position - left, target.count - room, result == -1 ? code : 0)
            }
        }
    }
}
