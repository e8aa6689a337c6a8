import Policy
import Sealing
import Store
import Synchronization

/// Searches redacted texts for words, for all conditions of one query together. Remembers what it finds in a row.
final class TextSearch: Sendable {
    private struct State {
        var words: [String] = []
        /// Words that the texts of too few customers contain: they are treated as if none did.
        var rare: [Int: Bool] = [:]
        /// One bit per word: whether a row was searched for it, and whether it was found.
        var found: [UInt128: (known: UInt64, there: UInt64)] = [:]
        var unopened: Set<UInt128> = []
    }

    /// Maximum number of rows whose results are remembered.
    private static let remembered = 200_000

    private let access: Access
    private let state = Mutex(State())

    init(_ access: Access) { self.access = access }

    /// The number of a word's residual condition.
    func number(of word: String) throws -> Int {
        try state.withLock { state in
            let word = word.lowercased()
            if let number = state.words.firstIndex(of: word) { return number }
            guard state.words.count < 64 else { throw VaultError.invalid("the filter has more than 64 search words") }
            state.words.append(word)
            return state.words.count - 1
        }
    }

    /// Whether a word was treated as if nobody had used it, because too few did.
    var leavesOutWords: Bool { state.withLock { $0.rare.values.contains(true) } }

    /// Idempotency keys of records that did not open, where these are left out.
    var unopened: [UInt128] { state.withLock { $0.unopened.sorted() } }

    /// Decides the search conditions of rows; nil if there are none.
    ///
    /// - Parameter leavesOutUnopened: whether a record that does not open, as somebody has changed it, contains nothing, and is
    ///   in ``unopened``. Otherwise, it is an error.
    func residual(leavesOutUnopened: Bool = false) throws -> Residual? {
        let words = state.withLock { $0.words }
        guard !words.isEmpty else { return nil }
        let every = try opening(words)
        let plain = leavesOutUnopened ? leavingOutUnopened(every) : every
        let minimum = access.grant.disclosure.minimumSearch
        guard minimum > 1 else { return plain }
        var rare: Set<Int> = []
        for number in words.indices where try isRare(number, minimum, plain) { rare.insert(number) }
        let hidden = rare
        return { number, row in try !hidden.contains(number) && plain(number, row) }
    }

    private func leavingOutUnopened(_ residual: @escaping Residual) -> Residual {
        { [self] number, row in
            do {
                return try residual(number, row)
            } catch VaultError.integrity {
                state.withLock { _ = $0.unopened.insert(row.uid) }
                return false
            }
        }
    }

    /// Whether too few of all customers whom the grant covers used a word.
    private func isRare(_ number: Int, _ minimum: Int, _ residual: @escaping Residual) throws -> Bool {
        if let known = state.withLock({ $0.rare[number] }) { return known }
        var builder = ConditionBuilder(access: access)
        let all = try builder.condition(filter: nil, since: nil, until: nil)
        let count = try access.session.store.read { try $0.subjects(of: .all([all, .residual(number)]), limit: minimum, residual: residual) }
        state.withLock { $0.rare[number] = count < minimum }
        return count < minimum
    }

    private func opening(_ words: [String]) throws -> Residual {
        // SQLite calls back on one thread; the lock only tells the compiler so.
        let opener = Mutex(UncheckedBox(try RecordOpener(vault: access.session.vault)))
        let words = words.map { CaselessText($0) }
        return { [self] number, row in
            let bit: UInt64 = 1 << UInt64(number)
            if let known = state.withLock({ $0.found[row.uid] }), known.known & bit != 0 { return known.there & bit != 0 }
            let isThere = try opener.withLock { box in
                let record = try box.value.open(body: row.body[...], key: row.key, subject: row.subject, record: row.uid)
                let text = try record?.redactedText(by: row.redactionVersion, purged: row.purged, in: access.session.vault)
                return text.map { CaselessText($0).contains(words[number]) } ?? false
            }
            state.withLock { state in
                guard state.found.count < Self.remembered || state.found[row.uid] != nil else { return }
                var entry = state.found[row.uid] ?? (0, 0)
                entry.known |= bit
                if isThere { entry.there |= bit }
                state.found[row.uid] = entry
            }
            return isThere
        }
    }
}

/// Moves a worker's state into a lock.
private struct UncheckedBox<T>: @unchecked Sendable {
    let value: T

    init(_ value: T) { self.value = value }
}
