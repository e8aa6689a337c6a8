import GRDB

/// Modules whose labels queries can use as fields of a record.
public enum AnnotationModule: String, Sendable, CaseIterable {
    /// Any number of codes a record.
    case topic
    /// One of negative, neutral, positive.
    case sentiment
    /// Any number of reasons to hurry.
    case urgency
    /// One of basic, performance, delight (Kano 1984).
    case need
    /// Any of pain, itch, delight.
    case point
    /// One of original, copy.
    case originality
    /// Version of what coded the record.
    case coding

    /// Whether a record can have several labels.
    var isMultiple: Bool { self == .topic || self == .urgency || self == .point }

    /// The record's label, or its labels with blanks between.
    var scalar: String {
        let label = isMultiple ? "group_concat(label, ' ')" : "label"
        return "(SELECT \(label) FROM annotation WHERE record = r.id AND module = '\(rawValue)')"
    }
}

extension StoreWriter {
    /// Makes these a record's only labels of a module; false when there is no such record.
    public func setAnnotations(of record: Int64, _ module: AnnotationModule, _ labels: [(label: String, score: Double)]) throws -> Bool {
        guard try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM record WHERE id = ?)"), arguments: [record]) == true else { return false }
        try db.cachedStatement(sql: "DELETE FROM annotation WHERE record = ? AND module = ?").execute(arguments: [record, module.rawValue])
        let insert = try db.cachedStatement(sql: "INSERT INTO annotation (record, module, label, score) VALUES (?, ?, ?, ?)")
        for (label, score) in labels { try insert.execute(arguments: [record, module.rawValue, label, score]) }
        return true
    }
}
