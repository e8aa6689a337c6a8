/// The next bytes of an input; nil or none at its end.
package typealias Blocks = () throws -> ArraySlice<UInt8>?

/// An input whose beginning can be looked at before it is read.
package final class PeekedBlocks {
    private let blocks: Blocks
    private var ahead: [UInt8] = []
    private var atEnd = false

    package init(_ blocks: @escaping Blocks) { self.blocks = blocks }

    /// The first bytes: as many as `enough` asks for, or all there are.
    ///
    /// - Parameter enough: says whether no more are needed.
    package func beginning(until enough: ([UInt8]) -> Bool) throws -> [UInt8] {
        while !atEnd, !enough(ahead) {
            if let block = try blocks(), !block.isEmpty { ahead += block } else { atEnd = true }
        }
        return ahead
    }

    /// Whether the beginning is everything.
    package var isWhole: Bool { atEnd }

    /// The input from its beginning.
    package func next() throws -> ArraySlice<UInt8>? {
        guard ahead.isEmpty else {
            defer { ahead = [] }
            return ahead[...]
        }
        return atEnd ? nil : try blocks()
    }
}
