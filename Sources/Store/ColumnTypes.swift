extension StoreReader {
    /// Those of the columns that are in `record` already, but made for text where numbers are wanted, or the other way round.
    package func columnsOfOtherKind(among columns: [PlainColumn]) throws -> [PlainColumn] {
        let (present, text) = (try db.columns(of: "record"), try db.textColumns(of: "record"))
        return columns.filter { present.contains($0.name) && text.contains($0.name) != ($0.kind == .text) }
    }
}
