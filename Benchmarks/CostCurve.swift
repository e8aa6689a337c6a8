import Foundation

/// What things cost in vaults of different sizes.
struct CostCurve {
    let folder: URL
    let policies: String
    let results: Results

    func measure(_ sizes: [Int]) throws {
        for size in sizes {
            let place = folder.appendingPathComponent("curve-\(size)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            let feed = try FeedFile(folder: place, records: size)
            try measure(feed, in: place)
            if size == sizes.max() {
                let peak = try ingestElsewhere(feed, policies: policies).peakMiB
                results.add(Figure("peak memory of ingest at \(told(size)) records", in: .memory, unit: "MiB", vault: peak, runs: 1))
            }
        }
    }

    private func measure(_ feed: FeedFile, in place: URL) throws {
        let size = feed.records
        func add(_ name: String, _ pairs: Pairs, _ measure: Measure) {
            results.add(Figure("\(name) at \(told(size)) records", in: .size, pairs, measure, records: size))
        }
        let eachRecord = Measure.time("µs a record", each: 1e-6 * Double(size))
        let plain = try PlainStore(folder: place.appendingPathComponent("plain"))
        let stored = try plain.timedIngest(feed.path)
        let vault = try BenchVault(folder: place.appendingPathComponent("vault"), policies: policies)
        sync()
        add("ingest", Pairs(vault: [try seconds { try vault.ingest(feed.path) }], baseline: [stored]), eachRecord)
        try plain.explode(feed.path)
        let bench = OperationBench(vault: vault, plain: plain, rounds: 15)
        // The flushes of the audit log must not wait for what the ingests have written.
        sync()
        add("page of 1,000 rows", try compare(15, { try vault.page(1000, isNew: true) }, { try plain.page(1000) }), .milliseconds)
        add("group-by count", try compare(5, { try vault.aggregate() }, { try plain.aggregate() }), eachRecord)
        add("look-up", try bench.lookup(), .milliseconds)
        add("reveal", try compare(15, { try vault.reveal() }, { try plain.readOne() }), .milliseconds)
        try countTopics(vault, plain) { add($0, $1, eachRecord) }
        add("erasure", try bench.erase(), .milliseconds)
    }

    /// By sealed labels, each opened under its customer's key: first, and again while no label has changed.
    private func countTopics(_ vault: BenchVault, _ plain: PlainStore, add: (String, Pairs) -> Void) throws {
        var (mine, theirs) = (LabelSource(), LabelSource())
        try plain.code(as: &theirs)
        try vault.code(as: &mine)
        sync()
        try plain.countTopics()
        let first = Pairs(vault: [try seconds { try vault.countTopics() }], baseline: [try seconds { try plain.countTopics() }])
        add("group-by on topics, the first", first)
        add("group-by on topics, again", try compare(5, { try vault.countTopics() }, { try plain.countTopics() }))
    }

    private func told(_ count: Int) -> String { count.formatted(.number.locale(Locale(identifier: "en"))) }
}
