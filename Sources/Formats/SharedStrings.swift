/// The texts that a workbook's cells share, one after another in one piece of memory.
struct SharedStrings {
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [Int] = []
    /// Excel's own limit for a sheet is 1,048,576 rows.
    private static let (maximumSize, maximumCount) = (1 << 30, 16 << 20)

    mutating func add(_ text: ArraySlice<UInt8>) throws(FormatError) {
        bytes += text
        ends.append(bytes.count)
        guard bytes.count <= Self.maximumSize, ends.count <= Self.maximumCount else {
            throw .tooLarge("the workbook has more than \(Self.maximumSize >> 30) GiB of text: save it as CSV")
        }
    }

    subscript(index: Int) -> ArraySlice<UInt8>? {
        ends.indices.contains(index) ? bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] : nil
    }
}
