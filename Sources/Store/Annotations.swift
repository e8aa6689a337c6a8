/// Modules whose labels queries can use as fields of a record.
package enum AnnotationModule: String, Sendable, CaseIterable {
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
    package var isMultiple: Bool { self == .topic || self == .urgency || self == .point }

    /// The record's label, or its labels with blanks between.
    func scalar(_ forms: any SQLForms) -> String {
        let label = isMultiple ? forms.joined("label") : "label"
        return "(SELECT \(label) FROM annotation WHERE record = r.id AND subject = r.subject AND module = '\(rawValue)')"
    }
}

extension StoreWriter {
    /// Makes these a record's only labels of a module; false when there is no such record.
    package func setAnnotations(of record: Int64, _ module: AnnotationModule, _ labels: [(label: String, score: Double)]) throws -> Bool {
        guard let subject = try db.integer("SELECT subject FROM record WHERE id = ?", record) else { return false }
        let isIts = "record = ? AND subject = ? AND module = ?"
        try changing(.annotation, where: isIts, record, subject, module.rawValue) {
            try db.run("DELETE FROM annotation WHERE \(isIts)", record, subject, module.rawValue)
            for (label, score) in labels {
                try db.run(
                    "INSERT INTO annotation (record, subject, module, label, score) VALUES (?, ?, ?, ?, ?)", record, subject, module.rawValue, label,
                    StoredValue.real(score))
            }
        }
        return true
    }
}
