/// Rows for one statement, cell after cell, where SQLite reads them without a copy.
///
/// Not shared. What is added while a statement reads it may move what that statement still needs.
final class RowBuffer {
    struct Cell {
        enum Kind: UInt8 { case null, integer, real, text, bytes }

        var kind: Kind
        /// Of a text or bytes.
        var count: Int32
        /// A number's bits, or where text or bytes begin in ``bytes``.
        var bits: Int64
    }

    /// Cells a row.
    let width: Int
    private(set) var cells: UnsafeMutableBufferPointer<Cell>
    private(set) var cellCount = 0
    private(set) var bytes: UnsafeMutableRawBufferPointer
    private(set) var byteCount = 0

    var rowCount: Int { cellCount / width }

    init(width: Int) {
        self.width = width
        cells = .allocate(capacity: 64 * width)
        bytes = .allocate(byteCount: 4096, alignment: 16)
    }

    deinit {
        cells.deallocate()
        bytes.deallocate()
    }

    func removeAll() { (cellCount, byteCount) = (0, 0) }

    func addNull() { add(Cell(kind: .null, count: 0, bits: 0)) }

    func add(_ value: Int64) { add(Cell(kind: .integer, count: 0, bits: value)) }

    func add(_ value: Double) { add(Cell(kind: .real, count: 0, bits: Int64(bitPattern: value.bitPattern))) }

    func add(_ value: UInt128) { withUnsafeBytes(of: value.bigEndian) { add(.bytes, $0) } }

    func add(_ value: ArraySlice<UInt8>) { value.withUnsafeBytes { add(.bytes, $0) } }

    func add(_ value: String) {
        var value = value
        value.withUTF8 { add(.text, UnsafeRawBufferPointer($0)) }
    }

    private func add(_ kind: Cell.Kind, _ source: UnsafeRawBufferPointer) {
        if byteCount + source.count > bytes.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count * 2, byteCount + source.count), alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
            bytes.deallocate()
            bytes = larger
        }
        if let start = source.baseAddress { (bytes.baseAddress! + byteCount).copyMemory(from: start, byteCount: source.count) }
        add(Cell(kind: kind, count: Int32(source.count), bits: Int64(byteCount)))
        byteCount += source.count
    }

    private func add(_ cell: Cell) {
        if cellCount == cells.count {
            let larger = UnsafeMutableBufferPointer<Cell>.allocate(capacity: cells.count * 2)
            _ = larger.moveInitialize(fromContentsOf: cells)
            cells.deallocate()
            cells = larger
        }
        cells.initializeElement(at: cellCount, to: cell)
        cellCount += 1
    }
}
