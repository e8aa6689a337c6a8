import Policy
import Sealing
import Store

/// An entry that stands with a customer's others but in no index: that somebody who has a handle goes by a name, or answers at an extension.
///
/// It takes the handle to know which one it is about, and the index's key to make one: equal names at different handles have nothing in common.
enum HandleMark {
    enum Kind: Int {
        case chinese, latin, family, extending
    }

    /// The two bits behind that which says that it is a mark say which.
    ///
    /// - Parameter mac: of the field's index.
    static func entry(_ kind: Kind, _ text: String, at tag: UInt128, field: Int, _ mac: MACSession) throws -> IndexEntry {
        var message = withUnsafeBytes(of: tag.bigEndian) { Array($0) }
        message.append(UInt8(kind.rawValue))
        message += Array(text.utf8)
        let bound = UInt128(UInt64(truncatingIfNeeded: tag >> 64)) << 64
        return IndexEntry(field: IndexEntry.markBit | kind.rawValue << 13 | field, tag: bound | UInt128(UInt64(truncatingIfNeeded: try mac.shortTag(message.span))))
    }

    /// Whether a record's marks say that it is somebody else's than a customer's of the same handle.
    static func conflict(_ marks: [IndexEntry], _ present: [IndexEntry], at tag: UInt128, field: Int) -> Bool {
        let handle = UInt64(truncatingIfNeeded: tag >> 64)
        for mark in marks where mark.indexedField == field && UInt64(truncatingIfNeeded: mark.tag >> 64) == handle {
            var (isMarked, isSame) = (false, false)
            for entry in present where entry.field == mark.field && UInt64(truncatingIfNeeded: entry.tag >> 64) == handle {
                isMarked = true
                if entry.tag == mark.tag { isSame = true }
            }
            if isMarked, !isSame { return true }
        }
        return false
    }
}
