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

extension Words {
    package var nothingCameIn: String { self("还没有数据接入记录", "Nothing has come in yet") }
    package var sources: String { self("数据来源", "Sources") }
    package var source: String { self("来源", "Source") }
    package var latestRuns: String { self("最近的接入", "Latest runs") }
    package var runs: String { self("接入次数", "Runs") }
    package var began: String { self("开始", "Began") }
    package var lastCameIn: String { self("最近接入", "Last came in") }
    package var latestRecord: String { self("最新记录时间", "Latest record") }
    package var stored: String { self("新增", "Stored") }
    package var replacedRecords: String { self("更新", "Replaced") }
    package var duplicates: String { self("重复", "Duplicates") }
    package var rejected: String { self("未接收", "Rejected") }
    package var erasedBefore: String { self("客户已删除", "Erased before") }

    package func name(of kind: SourceRun.Kind) -> String {
        switch kind {
        case .file: self("文件或数据流", "file or stream")
        case .requests: self("当日请求", "requests of a day")
        }
    }

    package func name(of state: SourceRun.State) -> String {
        switch state {
        case .open: self("进行中或已中断", "running, or interrupted")
        case .done: self("已完成", "done")
        case .failed: self("失败", "failed")
        }
    }
}
