/// What a workbook (.xlsx, ECMA-376) consists of, besides the cells of its sheets.
struct Workbook {
    struct Sheet {
        var name: String
        var isHidden: Bool
        /// Its place in the archive.
        var path: String
    }

    private(set) var sheets: [Sheet] = []
    private(set) var strings = SharedStrings()
    private(set) var styles = CellStyles()
    /// Of the parts that are not streamed, when unpacked. Texts have a limit of their own.
    private static let (partLimit, textLimit, maximumParts) = (64 << 20, 2 << 30, 20_000)

    init(_ file: any RandomAccess) throws {
        var relations: [String: String] = [:]
        var listed: [(name: String, isHidden: Bool, relation: String)] = []
        let archive = try ArchiveReader(zip: file)
        var parts = 0
        while let entry = try archive.nextEntry() {
            parts += 1
            guard parts <= Self.maximumParts else { throw FormatError.files(parts) }
            switch entry.lowercased() {
            case "xl/workbook.xml":
                var date1904 = false
                try Self.read(archive, "the workbook") { name, attributes in
                    if name == "workbookPr" { date1904 = ["1", "true"].contains(attributes["date1904"]) }
                    if name == "sheet" { listed.append((attributes["name"] ?? "", attributes["state"].map { $0 != "visible" } ?? false, attributes["id"] ?? "")) }
                }
                styles.countsFrom1904 = date1904
            case "xl/_rels/workbook.xml.rels":
                try Self.read(archive, "the workbook") { name, attributes in
                    if name == "Relationship", let id = attributes["Id"], let target = attributes["Target"] { relations[id] = target }
                }
            case "xl/styles.xml": try readStyles(archive)
            case "xl/sharedstrings.xml": try readStrings(archive)
            default: break
            }
        }
        sheets = listed.compactMap { sheet in
            relations[sheet.relation].map { target in
                Sheet(name: sheet.name, isHidden: sheet.isHidden, path: target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)")
            }
        }
        guard !sheets.isEmpty else { throw FormatError.damaged("the workbook") }
    }

    /// - Parameter name: nil for the first sheet that is not hidden.
    func sheet(_ name: String?) throws(FormatError) -> Sheet {
        let found = name.map { name in sheets.first { $0.name == name } } ?? sheets.first { !$0.isHidden } ?? sheets[0]
        guard let found else { throw .noSheet(name ?? "", among: sheets.map(\.name)) }
        return found
    }

    private static func read(_ archive: ArchiveReader, _ what: String, _ start: @escaping (String, [String: String]) -> Void) throws {
        let handler = XMLReader.Handler(
            start: { name, attributes in start(name, Dictionary(attributes.map { ($0.name, $0.value) }) { first, _ in first }) }, end: { _ in }, text: { _ in })
        try XMLReader(what, handler).parse(archive, limit: partLimit)
    }

    private mutating func readStyles(_ archive: ArchiveReader) throws {
        var styles = styles
        var inCells = false
        let handler = XMLReader.Handler(
            start: { name, pairs in
                let attributes = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
                switch name {
                case "numFmt": if let id = attributes["numFmtId"].flatMap({ Int($0) }) { styles.addFormat(id, attributes["formatCode"] ?? "") }
                case "cellXfs": inCells = true
                case "xf" where inCells: styles.addCell(format: attributes["numFmtId"].flatMap { Int($0) } ?? 0)
                default: break
                }
            }, end: { if $0 == "cellXfs" { inCells = false } }, text: { _ in })
        try XMLReader("the workbook", handler).parse(archive, limit: Self.partLimit)
        self.styles = styles
    }

    private mutating func readStrings(_ archive: ArchiveReader) throws {
        var strings = SharedStrings()
        var (text, inText, phonetic) = ([UInt8](), false, 0)
        var failure: FormatError?
        let handler = XMLReader.Handler(
            start: { name, _ in
                switch name {
                case "si": text.removeAll(keepingCapacity: true)
                case "rPh": phonetic += 1
                case "t": inText = phonetic == 0
                default: break
                }
            },
            end: { name in
                switch name {
                case "si": do throws(FormatError) { try strings.add(CellText.unescaped(text)[...]) } catch { failure = error }
                case "rPh": phonetic -= 1
                case "t": inText = false
                default: break
                }
            }, text: { if inText { text += $0 } })
        try XMLReader("the workbook", handler).parse(archive, limit: Self.textLimit)
        if let failure { throw failure }
        self.strings = strings
    }
}
