import Policy
import Sealing
import Store

/// An entry that stands with a customer's others but in no index: that somebody who has a handle goes by a name, or answers at an extension.
///
/// It takes the handle to know which one it is about, and the index's key to make one: equal names at different handles have nothing in common.
enum HandleMark {
    enum Kind: Int, CaseIterable {
        case chinese, latin, family, extending, other, address, initials, titled

        /// Where a mark of a field stands among a customer's entries.
        func entry(of field: Int) -> Int { IndexEntry.markBit | (rawValue & 3) << 13 | (rawValue >> 2) << 12 | field }

        init(_ entry: IndexEntry) { self = Kind(rawValue: entry.field >> 13 & 3 | (entry.field >> 12 & 1) << 2)! }

        /// Whether two who have it in common are probably one; many are men, or have the same initials.
        var says: Bool { self != .address && self != .initials }

        static let saying = allCases.filter(\.says).reduce(0) { $0 | 1 << $1.rawValue }
    }

    /// The three bits behind that which says that it is a mark say which.
    ///
    /// - Parameter mac: of the field's index.
    static func entry(_ kind: Kind, _ text: String, at tag: UInt128, field: Int, _ mac: MACSession) throws -> IndexEntry {
        var message: [UInt8] = []
        message.reserveCapacity(17 + text.utf8.count)
        message.append(bigEndian: tag)
        message.append(UInt8(kind.rawValue))
        message.append(contentsOf: text.utf8)
        let bound = UInt128(UInt64(truncatingIfNeeded: tag >> 64)) << 64
        return IndexEntry(field: kind.entry(of: field), tag: bound | UInt128(UInt64(truncatingIfNeeded: try mac.shortTag(message.span))))
    }

    /// What a record's marks say about a customer who has the same handle.
    enum Standing: Equatable {
        /// It is somebody else's.
        case differs
        /// It is the customer's.
        case agrees
        /// Nothing; whether the customer is marked at all there.
        case open(isMarked: Bool)
    }

    /// - Parameter tag: of the handle.
    static func standing(_ marks: [IndexEntry], _ present: [IndexEntry], at tag: UInt128, field: Int) -> Standing {
        let handle = UInt64(truncatingIfNeeded: tag >> 64)
        func isHere(_ entry: IndexEntry) -> Bool { entry.isMark && entry.indexedField == field && UInt64(truncatingIfNeeded: entry.tag >> 64) == handle }
        // By kind, one bit each.
        var (common, apart) = (0, 0)
        for mark in marks where isHere(mark) {
            for entry in present where entry.field == mark.field && UInt64(truncatingIfNeeded: entry.tag >> 64) == handle {
                if entry.tag == mark.tag { common |= 1 << Kind(mark).rawValue } else { apart |= 1 << Kind(mark).rawValue }
            }
        }
        if apart & ~common != 0 { return .differs }
        let agrees = common & Kind.saying != 0
        return agrees ? .agrees : .open(isMarked: present.contains(where: isHere))
    }

    /// Whether marks say who somebody is, and not only who they are not.
    static func say(_ marks: [IndexEntry]) -> Bool { marks.contains { Kind($0).says } }

    /// Whether two customers have a handle in common at which they go by different names.
    static func differ(_ one: [IndexEntry], _ other: [IndexEntry]) -> Bool {
        let marks = one.filter(\.isMark)
        return one.contains { !$0.isMark && other.contains($0) && standing(marks, other, at: $0.tag, field: $0.field) == .differs }
    }
}
