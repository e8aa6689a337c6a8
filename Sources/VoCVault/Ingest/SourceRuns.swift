import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// What came in from each source.
    ///
    /// - Parameters:
    ///   - source: runs of this one alone; nil: of all.
    ///   - limit: the most runs, the newest first.
    package func runs(of source: String?, limit: Int) throws -> ListRuns.Reply {
        let access = try authorize(.doctor, purpose: nil)
        return try logged(access) {
            let now = vault.clock()
            let reply = try store.read { reader in
                try reader.requireUnalteredRuns()
                return ListRuns.Reply(
                    sources: try reader.intakeSources(limit: Vault.listedSources).map { SourceState($0, at: now) },
                    runs: try reader.runs(of: source, limit: limit).map { SourceRun($0) })
            }
            try commitIfPossible(access) { _ in access.entry(rows: reply.runs.count) }
            return reply
        }
    }
}

extension Vault {
    /// How many sources are listed and measured: more are no feeds but something that makes up names.
    static let listedSources = 200
    /// How far back ``examineSources()`` looks at runs, in milliseconds.
    private static let recently: Int64 = 7 * 86_400_000

    /// How each source stands.
    package func sourceStates() throws -> [SourceState] {
        let now = clock()
        return try store.read { try $0.intakeSources(limit: Self.listedSources) }.map { SourceState($0, at: now) }
    }

    /// Whether what came in lately could be stored.
    func examineSources() throws -> HealthFinding {
        let since = clock() - Self.recently
        let runs = try store.read { try $0.runs(limit: 10_000) }.filter { $0.lastAt >= since }
        var newest: [String: IntakeRow] = [:]
        for run in runs.reversed() { newest[run.source] = run }
        let advice = "vocvault sources runs shows them; ingest --keep-rejected keeps rejected lines to be mended"
        if let failed = newest.values.filter({ $0.state == .failed }).min(by: { $0.source < $1.source }) {
            return finding("sources", "the last run of '\(failed.source)' ended before its input did", .warning, "ingest the same input again: what is stored is not stored twice")
        }
        let worst = newest.values.filter { $0.counts.rejected > $0.counts.taken }.max { $0.counts.rejected < $1.counts.rejected }
        guard let worst else { return finding("sources", runs.isEmpty ? "nothing came in for seven days" : "records of \(newest.count) sources came in within seven days") }
        return finding("sources", "the last run of '\(worst.source)' rejected \(worst.counts.rejected) records and took \(worst.counts.taken)", .warning, advice)
    }
}

extension IntakeCounts {
    /// Records that were understood.
    fileprivate var taken: Int { stored + replaced + duplicates + erasedBefore }
}

extension SourceCounts {
    fileprivate init(_ counts: IntakeCounts) {
        self.init(stored: counts.stored, replaced: counts.replaced, duplicates: counts.duplicates, rejected: counts.rejected, erasedBefore: counts.erasedBefore)
    }
}

extension SourceState {
    fileprivate init(_ source: IntakeSource, at now: Int64) {
        let latest = source.counts.latest
        self.init(
            source: source.source, runs: source.runs, last: Timestamp(milliseconds: source.lastAt), latest: latest.map { Timestamp(milliseconds: $0) },
            lag: latest.map { Int(max(0, now - $0) / 1000) }, counts: SourceCounts(source.counts))
    }
}

extension SourceRun {
    fileprivate init(_ row: IntakeRow) {
        self.init(
            number: row.id, source: row.source, kind: row.day == nil ? .file : .requests, state: State(rawValue: row.state.rawValue)!, began: Timestamp(milliseconds: row.beganAt),
            last: Timestamp(milliseconds: row.lastAt), latest: row.counts.latest.map { Timestamp(milliseconds: $0) }, counts: SourceCounts(row.counts))
    }
}
