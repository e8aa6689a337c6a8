import RedactedAPI
import Synchronization

/// Rows of a page, shared by everybody to whom it is shown.
package final class PageContent: Sendable {
    package let columns: [String]
    package let rows: [[Value]]
    /// The rows in the form of the response.
    private let written = Mutex<[UInt8]?>(nil)

    init(columns: [String], rows: [[Value]]) { (self.columns, self.rows) = (columns, rows) }

    /// The result of `write` for the columns and rows; made once.
    package func written(_ write: ([String], [[Value]]) -> [UInt8]) -> [UInt8] {
        written.withLock { written in
            let bytes = written ?? write(columns, rows)
            written = bytes
            return bytes
        }
    }
}

/// Where a page ended, and the places to which cursors are bound for the principals who saw it.
final class NextPage: Sendable {
    private let cursor: Cursor
    private let places = Mutex<[String: [UInt8]]>([:])
    private static let capacity = 64

    init(_ cursor: Cursor) { self.cursor = cursor }

    /// A cursor for a principal; `query` and `access` are those of the page. No two cursors are alike.
    func cursor(for query: Query, access: Access) throws -> String {
        let principal = access.session.principal
        let place = places.withLock { places in
            if let place = places[principal] { return place }
            if places.count >= Self.capacity { places.removeAll() }
            let place = Cursor.place(query, access)
            places[principal] = place
            return place
        }
        return try cursor.sealed(for: place, by: access.session.vault)
    }
}

/// A page that was shown to somebody.
package struct ShownPage: Sendable {
    package var content: PageContent
    package var nextCursor: String?
    package var receipt: Int64
    /// See ``Page/leftOut``.
    package var leftOut: [String] = []
}

/// Pages as one grant shows them, as long as nothing changes what queries show: modules and dashboards repeat the same queries.
///
/// It contains only redacted rows, and only in memory. Each page is kept with the number of the audit entry up to which it is
/// true. Whether a later entry has changed anything is checked in the transaction that records the access, so that a page from
/// before an erasure, by this process or another, is never shown after it.
final class PageCache: Sendable {
    /// Everything that decides what a page shows, whoever asks.
    struct Question: Hashable, Sendable {
        var role: String
        var rule: String
        var purpose: String
        var select: [String]
        /// Bytes, because texts that Unicode considers equal select different rows.
        var filter: [UInt8]?
        var since: Timestamp?
        var until: Timestamp?
        var limit: Int?
        var cursor: Cursor?
    }

    struct Answer: Sendable {
        var content: PageContent
        var next: NextPage?
        var searches: Int
        /// Whether words were treated as if nobody had used them.
        var leavesOutWords: Bool
        /// The last change that the rows include.
        var asOf: LogChange?
    }

    /// Maximum number of values: half in the generation that is being filled, half in the previous one.
    private static let capacity = 200_000

    private struct State {
        var young: [Question: Answer] = [:]
        var old: [Question: Answer] = [:]
        var values = 0
    }

    private let state = Mutex(State())

    func answer(to question: Question) -> Answer? {
        state.withLock { $0.young[question] ?? $0.old[question] }
    }

    func keep(_ answer: Answer, to question: Question) {
        let size = (answer.content.rows.count + 1) * (question.select.count + 1)
        guard size <= Self.capacity / 8 else { return }
        state.withLock { state in
            if state.values + size > Self.capacity / 2 { (state.old, state.young, state.values) = (state.young, [:], 0) }
            if state.young.updateValue(answer, forKey: question) == nil { state.values += size }
        }
    }

    /// Forgets everything, because what queries show has changed.
    func clear() { state.withLock { $0 = State() } }
}
