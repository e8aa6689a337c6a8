import Synchronization

/// What statements found records to have in columns of their codes, so that the next one opens nothing.
///
/// It is good for as long as the rows of `coded` add up to the same (``StoreReader/knownCodes()``): codes that change, or end with their
/// customer, are read anew, all of them. A column takes 4 bytes a record.
package final class KnownCodes: Sendable {
    fileprivate struct Column {
        let name: String
        /// Positions in ``Content/lists`` by the records' numbers; 0 where nothing is known.
        var places: [[UInt32]?] = []
    }

    fileprivate struct Content {
        var columns: [Column] = []
        var chunks = 0
        var lists: [[String]] = [[]]
        var positions: [[String]: UInt32] = [:]
    }

    private let content = Mutex(Content())
    fileprivate static let chunk = 1 << 12
    /// 64 MiB, and as many lists as a code frame makes; more is not kept.
    fileprivate static let (mostChunks, mostLists) = (1 << 12, 1 << 16)

    /// What a record has in a column; nil where that is not known.
    package func texts(of column: String, _ record: Int64) -> [String]? {
        content.withLock { content in
            guard record >= 0, let index = content.columns.firstIndex(where: { $0.name == column }) else { return nil }
            let (chunk, place) = Int(record).quotientAndRemainder(dividingBy: Self.chunk)
            guard content.columns[index].places.indices.contains(chunk), let position = content.columns[index].places[chunk]?[place], position > 0
            else { return nil }
            return content.lists[Int(position)]
        }
    }

    /// Not of a record whose customer's key is missing: nothing was opened of it.
    package func note(_ texts: [String], of column: String, _ record: Int64) {
        content.withLock { content in
            guard let position = content.position(of: texts), record >= 0 else { return }
            let index = content.columns.firstIndex { $0.name == column } ?? content.columns.count
            if index == content.columns.count { content.columns.append(Column(name: column)) }
            let (chunk, place) = Int(record).quotientAndRemainder(dividingBy: Self.chunk)
            content.write(position, index, chunk, place)
        }
    }
}

extension KnownCodes.Content {
    fileprivate mutating func position(of texts: [String]) -> UInt32? {
        if let known = positions[texts] { return known }
        guard lists.count < KnownCodes.mostLists else { return nil }
        lists.append(texts)
        positions[texts] = UInt32(lists.count - 1)
        return UInt32(lists.count - 1)
    }

    fileprivate mutating func write(_ position: UInt32, _ column: Int, _ chunk: Int, _ place: Int) {
        // Numbers of records go up by one: a list of chunks has few gaps.
        guard chunk < 1 << 20 else { return }
        if columns[column].places.count <= chunk { columns[column].places += Array(repeating: nil, count: chunk + 1 - columns[column].places.count) }
        if columns[column].places[chunk] == nil {
            guard chunks < KnownCodes.mostChunks else { return }
            chunks += 1
            columns[column].places[chunk] = Array(repeating: 0, count: KnownCodes.chunk)
        }
        columns[column].places[chunk]![place] = position
    }
}

/// What is known of codes as of a connection's transaction; nil: nothing is kept.
package typealias KnowingCodes = (any Connection) throws -> KnownCodes?

extension StoreReader {
    /// What is known of codes as of this transaction.
    func knownCodes() throws -> KnownCodes? {
        guard let watch else { return nil }
        if let group { return try group.keeper == nil ? nil : StoreWriter(db: db, group: group).sumsIfBegun().map { watch.knownCodes($0[.coded]) } }
        guard let keeper = watch.keeper, let found = try soundState(keeper) else { return nil }
        return watch.knownCodes(found.state.sums[.coded])
    }
}
