/// A line of a list of entries: an entry, or several in a row that only record that one principal looked at pages of the console.
public enum FoldedEntry: Sendable, Equatable {
    case entry(LoggedEntry)
    /// Newest first, two at least.
    case views([LoggedEntry])
}

extension [LoggedEntry] {
    /// With the views of one principal that stand in a row in one line.
    public var folded: [FoldedEntry] {
        var lines: [FoldedEntry] = []
        for entry in self {
            switch lines.last {
            case .entry(let last)? where last.isView && entry.isView && last.principal == entry.principal: lines[lines.count - 1] = .views([last, entry])
            case .views(let views)? where entry.isView && views[0].principal == entry.principal: lines[lines.count - 1] = .views(views + [entry])
            default: lines.append(.entry(entry))
            }
        }
        return lines
    }
}
