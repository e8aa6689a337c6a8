import Foundation
import Testing

@testable import Formats

@Suite("Workbooks")
struct SheetTests {
    private static let workbook = """
        <workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
        <sheets><sheet name="说明" sheetId="1" state="hidden" r:id="rId1"/><sheet name="数据" sheetId="2" r:id="rId2"/></sheets></workbook>
        """
    private static let relations = """
        <Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>
        """
    private static let styles = """
        <styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/><numFmt numFmtId="165" formatCode="[Red]0.00&quot;day&quot;"/></numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>
        """

    private func lines(_ sheet: String, strings: String = "", workbook: String = workbook, sheet name: String? = nil) throws -> [String] {
        let file = try zip([
            "[Content_Types].xml": Array("<Types/>".utf8), "xl/workbook.xml": Array(workbook.utf8), "xl/_rels/workbook.xml.rels": Array(Self.relations.utf8),
            "xl/worksheets/sheet1.xml": Array("<worksheet><sheetData><row r=\"1\"><c t=\"str\"><v>hidden</v></c></row></sheetData></worksheet>".utf8),
            "xl/worksheets/sheet2.xml": Array("<worksheet><sheetData>\(sheet)</sheetData></worksheet>".utf8),
            "xl/sharedStrings.xml": Array("<sst>\(strings)</sst>".utf8), "xl/styles.xml": Array(Self.styles.utf8),
        ])
        #expect(try Unpacking.open(blocks(file)).isWorkbook)
        let text = try all(SheetLines(BytesInMemory(file), sheet: name).next)
        return String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("texts that cells share, of several runs and with readings; texts of their own; gaps")
    func texts() throws {
        let strings = "<si><t>内容</t></si><si><r><t>很</t></r><r><t xml:space=\"preserve\">好 </t></r><rPh><t>hen</t></rPh></si><si><t>a_x000D_b, \"c\"</t></si>"
        let sheet = """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row>
            <row r="3"><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" t="e"><v>#N/A</v></c></row>
            """
        #expect(try lines(sheet, strings: strings) == ["内容,,x", "", ",很好 ,\"a\rb, \"\"c\"\"\"", ""])
    }

    @Test("numbers as people see them, and dates by the cell's style")
    func numbers() throws {
        let values: [(String, String)] = [
            ("<v>13800138000</v>", "13800138000"), ("<v>1.38E10</v>", "13800000000"), ("<v>0.10000000000000001</v>", "0.1"), ("<v>4.5</v>", "4.5"), ("<v>-2</v>", "-2"),
        ]
        for (cell, text) in values { #expect(try lines("<row><c>\(cell)</c></row>")[0] == text) }
        #expect(
            try lines("<row><c s=\"1\"><v>46085.500451388885</v></c><c s=\"2\"><v>3</v></c><c s=\"3\"><v>46085</v></c><c t=\"b\"><v>1</v></c></row>")[0]
                == "2026-03-04T12:00:39,3,2026-03-04,true")
        let from1904 = Self.workbook.replacingOccurrences(of: "<sheets>", with: "<workbookPr date1904=\"1\"/><sheets>")
        #expect(try lines("<row><c s=\"3\"><v>44623</v></c></row>", workbook: from1904)[0] == "2026-03-04")
    }

    @Test("formats that show a date are told from those that do not")
    func formats() {
        for code in ["yyyy/m/d", "m/d/yy h:mm", "[$-804]yyyy\"年\"m\"月\"d\"日\"", "[h]:mm", "dd.mm.yyyy;@"] { #expect(CellStyles.isDate(code), "\(code)") }
        for code in ["General", "0.00", "#,##0", "0.00E+00", "\"days\" 0", "[Red]0", "@", "0\\d"] { #expect(!CellStyles.isDate(code), "\(code)") }
    }

    @Test("a sheet by its name; one that is not there is refused with the names")
    func sheets() throws {
        #expect(try lines("<row><c><v>1</v></c></row>", sheet: "说明")[0] == "hidden")
        #expect(throws: FormatError.noSheet("x", among: ["说明", "数据"])) { try lines("", sheet: "x") }
    }

    @Test("entities of its own, rows out of order and columns without end are refused")
    func hostile() throws {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">]>" + Self.workbook
        #expect(throws: FormatError.self) { try lines("", workbook: bomb) }
        #expect(throws: FormatError.self) { try lines("<row r=\"99999999\"><c><v>1</v></c></row>") }
        #expect(throws: FormatError.self) { try lines("<row r=\"1\"><c r=\"ZZZZ1\"><v>1</v></c></row>") }
    }
}
