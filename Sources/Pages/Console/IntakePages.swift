import RedactedAPI
import VaultAPI

extension ConsolePage {
    /// What came in from each source.
    package func intake(_ found: ListRuns.Reply) -> HTML {
        if found.sources.isEmpty { return empty(t.nothingCameIn) }
        let counts: [Table.Column] = [.figures(t.stored), .figures(t.replacedRecords), .figures(t.duplicates), .figures(t.rejected), .figures(t.erasedBefore)]
        let sources = Table(
            [.text(t.source), .text(t.lastCameIn), .text(t.latestRecord), .figures(t.runs)] + counts,
            rows: found.sources.map { source in
                ["\(source.source)", self.time(source.last), latest(source.latest), "\(source.runs)"] + cells(source.counts)
            }, caption: "\(t.sources)")
        let runs = Table(
            [.text(t.source), .text(t.kind), .text(t.state), .text(t.began), .text(t.lastCameIn), .text(t.latestRecord)] + counts,
            rows: found.runs.map { run in
                [
                    "\(run.source)", "\(t.name(of: run.kind))", state(run.state), self.time(run.began), self.time(run.last),
                    latest(run.latest),
                ] + cells(run.counts)
            }, caption: "\(t.latestRuns)")
        return "<h2>\(t.sources)</h2>\(sources.scrolling(t.sources))<h2>\(t.latestRuns)</h2>\(runs.scrolling(t.latestRuns))"
    }

    private func latest(_ time: Timestamp?) -> HTML { time.map { self.time($0) } ?? "–" }

    private func state(_ state: SourceRun.State) -> HTML {
        state == .failed ? "<span class=\"bad\">\(t.name(of: state))</span>" : "\(t.name(of: state))"
    }

    private func cells(_ counts: SourceCounts) -> [HTML] {
        let rejected: HTML = counts.rejected > 0 ? "<span class=\"bad\">\(counts.rejected)</span>" : "0"
        return ["\(counts.stored)", "\(counts.replaced)", "\(counts.duplicates)", rejected, "\(counts.erasedBefore)"]
    }
}
