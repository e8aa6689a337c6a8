import CFormats

/// Reads XML as it comes, with expat. Documents that declare types or entities are refused.
final class XMLReader {
    /// What is found. Names have no prefix.
    struct Handler {
        var start: (_ name: String, _ attributes: [(name: String, value: String)]) -> Void
        var end: (_ name: String) -> Void
        /// Text, perhaps only a part of it.
        var text: (ArraySlice<UInt8>) -> Void
    }

    private let parser: XML_Parser
    private let handler: Handler
    private let what: String
    private var hasDoctype = false
    private var depth = 0
    private static let maximumDepth = 64

    init(_ what: String, _ handler: Handler) {
        (self.handler, self.what) = (handler, what)
        parser = XML_ParserCreate(nil)
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { data, name, attributes in
                let reader = Unmanaged<XMLReader>.fromOpaque(data!).takeUnretainedValue()
                reader.depth += 1
                if reader.depth > XMLReader.maximumDepth { XML_StopParser(reader.parser, 0) }
                var pairs: [(name: String, value: String)] = []
                var place = attributes!
                while let key = place.pointee, let value = (place + 1).pointee {
                    pairs.append((XMLReader.local(String(cString: key)), String(cString: value)))
                    place += 2
                }
                reader.handler.start(XMLReader.local(String(cString: name!)), pairs)
            },
            { data, name in
                let reader = Unmanaged<XMLReader>.fromOpaque(data!).takeUnretainedValue()
                reader.depth -= 1
                reader.handler.end(XMLReader.local(String(cString: name!)))
            })
        XML_SetCharacterDataHandler(parser) { data, text, count in
            let reader = Unmanaged<XMLReader>.fromOpaque(data!).takeUnretainedValue()
            let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
            reader.handler.text(Array(bytes)[...])
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            let reader = Unmanaged<XMLReader>.fromOpaque(data!).takeUnretainedValue()
            reader.hasDoctype = true
            XML_StopParser(reader.parser, 0)
        }
    }

    deinit { XML_ParserFree(parser) }

    private static func local(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: 0x3A) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }

    /// The next bytes; none at the end.
    func parse(_ bytes: ArraySlice<UInt8>) throws {
        let status = bytes.withUnsafeBytes { buffer in
            XML_Parse(parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), bytes.isEmpty ? 1 : 0)
        }
        if hasDoctype { throw FormatError.damaged("\(what), which must not declare types or entities,") }
        guard status == XML_STATUS_OK else { throw FormatError.damaged(what) }
    }

    /// Reads all of a file in an archive.
    func parse(_ archive: ArchiveReader, limit: Int) throws {
        var size = 0
        while true {
            let block = try archive.next()
            size += block.count
            guard size <= limit else { throw FormatError.tooLarge("\(what) is larger than \(limit >> 20) MiB") }
            try parse(block)
            if block.isEmpty { return }
        }
    }
}
