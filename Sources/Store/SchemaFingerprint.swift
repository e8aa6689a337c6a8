import Foundation

/// What a database's tables, indexes and views are, line by line, so that a difference can be named.
///
/// Columns that a policy adds to `record` (`a_…`, `g_…`) are left out.
package struct SchemaFingerprint: Sendable, Equatable {
    /// `table record(id INTEGER! 1, …)`: `!` for columns that are never null, and the place in the primary key.
    package let lines: Set<String>

    package init(lines: Set<String>) { self.lines = lines }

    package init(_ text: String) { lines = Set(text.split(separator: "\n").map(String.init)) }

    /// This, with further lines; a line about a table, index or view that this has a line about takes the place of that.
    package func with(_ text: String) -> SchemaFingerprint {
        let added = SchemaFingerprint(text).lines
        let names = Set(added.map(Self.name))
        return SchemaFingerprint(lines: lines.filter { !names.contains(Self.name($0)) }.union(added))
    }

    /// The words before the first parenthesis: `table record`.
    private static func name(_ line: String) -> Substring { line.prefix { $0 != "(" } }

    /// What `other` lacks or has differently, in words; nil when it has all of this. What somebody has added is no matter.
    package func difference(from other: SchemaFingerprint) -> String? {
        let (missing, odd) = (lines.subtracting(other.lines).sorted(), other.lines.subtracting(lines).sorted())
        guard let first = missing.first else { return nil }
        return odd.contains { Self.name($0) == Self.name(first) }
            ? "\(Self.name(first)) has other columns than it must have" : "\(Self.name(first)) is missing"
    }
}
