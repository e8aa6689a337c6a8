import Store

/// How customers' requests stand, for whoever watches the server: numbers, and nothing about whom.
package struct RequestMeasures: Sendable, Equatable {
    /// Cases that are not closed.
    package var open = 0
    /// Of these, those whose deadline has passed.
    package var overdue = 0
    /// The next deadline that has not passed, in seconds since 1970.
    package var nextDeadline: Int64?
    /// What others have not done yet for open cases.
    package var tasks = 0
    /// Proposals about who is one person that nobody has decided.
    package var links = 0

    package init(open: Int = 0, overdue: Int = 0, nextDeadline: Int64? = nil, tasks: Int = 0, links: Int = 0) {
        (self.open, self.overdue, self.nextDeadline, self.tasks, self.links) = (open, overdue, nextDeadline, tasks, links)
    }
}

extension Vault {
    package func requestMeasures() throws -> RequestMeasures {
        let now = clock()
        return try store.read { reader in
            let cases = try reader.cases(closed: false)
            let numbers = Set(cases.map(\.id))
            var measures = RequestMeasures(open: cases.count, overdue: cases.count { $0.dueAt < now })
            measures.nextDeadline = cases.map(\.dueAt).filter { $0 >= now }.min().map { $0 / 1000 }
            measures.tasks = try reader.caseTasks().count { $0.state == "open" && numbers.contains($0.request) }
            measures.links = try reader.links(.proposed).count
            return measures
        }
    }
}
