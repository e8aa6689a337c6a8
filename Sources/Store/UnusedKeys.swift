/// Keys that were made for customers who never came: a batch that was not stored after all leaves them.
extension VaultStore {
    /// Removes the keys of customers whom the data do not have.
    ///
    /// The data's writer is held meanwhile, so that no batch whose customers have these keys can be stored; one that is
    /// stored later finds its keys gone and makes others (``KeyStore/hasSubjectKeys(_:)``).
    ///
    /// - Parameters:
    ///   - subjects: those in question; nil: all.
    ///   - waiting: customers whose keys are still needed, although the data do not have them.
    /// - Returns: how many customers' keys were removed.
    package func removeUnusedKeys(among subjects: [Int64]? = nil, keeping waiting: Set<Int64> = []) throws -> Int {
        if subjects?.isEmpty == true { return 0 }
        return try write(.reserve) { writer in
            let unused: [Int64]
            if let subjects {
                let present = try writer.reader.knownSubjects(subjects.sorted())
                unused = subjects.filter { present[$0] == nil }
            } else {
                unused = try writer.reader.subjectsOfKeysOnly()
            }
            let removed = unused.filter { !waiting.contains($0) }
            try keys.removeUnusedSubjectKeys(removed)
            return removed.count
        }
    }
}

extension StoreReader {
    /// Customers who have a key and nothing else.
    package func subjectsOfKeysOnly() throws -> [Int64] {
        try db.customerKeys.subjectsOfKeysOnly(db)
    }
}

extension KeyStore {
    /// Whether every one of these customers, whose numbers were given out together, has a key, as of now.
    package func hasSubjectKeys(_ subjects: ClosedRange<Int64>) throws -> Bool {
        try database.lookUp { db in
            try db.integer("SELECT COUNT(DISTINCT subject) FROM subject_key WHERE subject BETWEEN ? AND ?", subjects.lowerBound, subjects.upperBound)
                == Int64(subjects.count)
        }
    }

    fileprivate func removeUnusedSubjectKeys(_ subjects: [Int64]) throws {
        guard !subjects.isEmpty else { return }
        try database.write { db in
            for subject in subjects { try db.run("DELETE FROM subject_key WHERE subject = ?", subject) }
        }
    }
}
