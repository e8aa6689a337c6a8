import ArgumentParser
import Foundation
import Sealing

/// Measures the vault against plain SQLite in the same run.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voc-bench",
        abstract: "Ingest, page and aggregate against the same work on a plain SQLite table.",
        discussion: """
            Examples:
              voc-bench --records 300000 --rounds 5
              voc-bench --curve 10000,100000,1000000 --drawing docs/costs.svg
            """)

    @Option(help: "How many records.")
    var records = 100_000

    @Option(help: "How often ingest is measured; the median counts.")
    var rounds = 5

    @Option(help: "How often each reading figure is taken; the median counts.")
    var readRounds = 15

    @Option(help: "How many audit entries are appended and verified.")
    var auditEntries = 200_000

    @Option(help: "Instead: costs in vaults of these sizes, such as 10000,100000,1000000, as a table.")
    var curve: String?

    @Option(help: "With --curve: draws them into this SVG file.")
    var drawing: String?

    @Option(help: .hidden)
    var ingesting: String?

    @Option(help: "Besides ingest only these of shares, reads, operations, purge, postgres, audit, http; separated by commas.")
    var only: String?

    @Option(help: "Where the policies are.")
    var policies = "policies"

    func run() throws {
        // As the command line does: it also decides how memory is given back.
        ProcessHardening.apply()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("voc-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        if let curve {
            let costs = try CostCurve(sizes: curve.split(separator: ",").compactMap { Int($0) }, folder: folder, policies: policies)
            print(costs.table)
            try drawing.map { try costs.drawing.write(toFile: $0, atomically: true, encoding: .utf8) }
            return
        }
        if let ingesting {
            // For whoever measures with fewer cores.
            let vault = try BenchVault(folder: folder.appendingPathComponent("vault"), policies: policies)
            return print(try seconds { try vault.ingest(ingesting) })
        }
        let feed = try FeedFile(folder: folder, records: records)
        print("\(records) records, \(feed.bytes / records) bytes each on average; median of \(rounds) rounds")
        print("measure                             vault           plain SQLite    vault : plain   floor")

        var vaultSeconds: [Double] = []
        var plainSeconds: [Double] = []
        var vault: BenchVault!
        var plain: PlainStore!
        // Alternating, so that a change in the machine's pace meets both.
        for round in 0..<rounds {
            // What was written before must not be on its way to the disk while the next is measured.
            sync()
            plain = try PlainStore(folder: folder.appendingPathComponent("plain-\(round)"))
            plainSeconds.append(
                try seconds {
                    try plain.ingest(feed.path, batch: 8192)
                    try plain.finishIngest()
                })
            sync()
            vault = try BenchVault(folder: folder.appendingPathComponent("vault-\(round)"), policies: policies)
            vaultSeconds.append(try seconds { try vault.ingest(feed.path) })
        }
        let (v, p) = (median(vaultSeconds), median(plainSeconds))
        row(
            "ingest", "\(Int(Double(records) / v)) records/s", "\(Int(Double(records) / p)) records/s",
            percent(p / v), "at least 25 %")

        try plain.explode(feed.path)
        let parts = only.map { Set($0.split(separator: ",").map(String.init)) }
        func isWanted(_ part: String) -> Bool { parts?.contains(part) ?? true }
        if isWanted("shares") { try measureShares(folder, feed) }
        if isWanted("reads") { try measureReads(folder, vault, plain) }
        if isWanted("operations") { try measureOperations(OperationBench(vault: vault, plain: plain, rounds: readRounds), feed) }
        if isWanted("purge") { try measurePurge(folder, feed, plain) }
        if isWanted("postgres") { try measurePostgres(feed, plain, vault: vault, ingest: v) }
        if isWanted("audit") { try measureAudit(folder) }
        if isWanted("http") { try measureHTTP(folder, vault, feed, fileSeconds: v) }
        print("peak memory of this process: \(peakMiB()) MiB")
    }

    /// Ingest with one core, and of records without texts, which leaves nothing to redact.
    private func measureShares(_ folder: URL, _ feed: FeedFile) throws {
        let silent = try FeedFile(folder: folder, records: records, hasTexts: false)
        for (name, feed) in [("", feed), (" without texts", silent)] {
            for cores in [1, 2] where !(name.isEmpty && cores == 2) {
                var (mine, theirs): ([Double], [Double]) = ([], [])
                for round in 0..<rounds {
                    sync()
                    let plain = try PlainStore(folder: folder.appendingPathComponent("share-\(name.count)-\(cores)-\(round)"))
                    theirs.append(
                        try seconds {
                            try plain.ingest(feed.path, batch: 8192)
                            try plain.finishIngest()
                        })
                    sync()
                    let said = try voc_bench.run(
                        "taskset", ["-c", cores == 1 ? "0" : "0,1", CommandLine.arguments[0], "--policies", policies, "--ingesting", feed.path])
                    mine.append(Double(said.trimmingCharacters(in: .whitespacesAndNewlines))!)
                }
                let (v, p) = (median(mine), median(theirs))
                row(
                    "  ingest\(name), \(cores) core\(cores == 1 ? "" : "s")", "\(Int(Double(records) / v)) records/s", "\(Int(Double(records) / p)) records/s",
                    percent(p / v), "")
            }
        }
    }

    private func measureReads(_ folder: URL, _ vault: BenchVault, _ plain: PlainStore) throws {
        // The flushes of the audit log must not wait for what the ingests have written.
        sync()
        let page = try compare(readRounds, { try vault.page(1000, isNew: true) }, { try plain.page(1000) })
        row("page of 1,000 redacted rows", ms(page.vault), ms(page.plain), times(page), "at most 3.0x")
        let sealed = try SealedPlainPage(folder: folder, copying: plain)
        let opened = try compare(readRounds, { try vault.page(1000, isNew: true) }, { try sealed.page(1000) })
        row("  the same decryption in the baseline", ms(opened.vault), ms(opened.plain), times(opened), "at most 1.5x")
        let again = try compare(readRounds, { try vault.page(1000, isNew: false) }, { try plain.page(1000) })
        row("  asked for again", ms(again.vault), ms(again.plain), times(again), "")
        let groups = try compare(readRounds, { try vault.aggregate() }, { try plain.aggregate() })
        row("group-by count", ms(groups.vault), ms(groups.plain), times(groups), "at most 1.3x")
        // The default policy allows 50 reveals a day.
        let reveal = try compare(min(readRounds, 40), { try vault.reveal() }, { try plain.readOne() })
        row("reveal one field", ms(reveal.vault), ms(reveal.plain), times(reveal), "")
        let other = try vault.staff(1, "agent")[0]
        let noted = try compare(min(readRounds, 40), { try vault.reveal(as: other) }, { try plain.noting("reveal") { try plain.readOne() } })
        row("  an access log in the baseline", ms(noted.vault), ms(noted.plain), times(noted), "at most 2x")
        row("  one flush of the disk alone", "", ms(try OperationBench.flush(in: folder)), "", "")
    }

    private func measureOperations(_ bench: OperationBench, _ feed: FeedFile) throws {
        let search = try bench.search()
        row("text search, 100 rows", ms(search.vault), ms(search.plain), times(search), "")
        let lookup = try bench.lookup()
        row("look up a customer", ms(lookup.vault), ms(lookup.plain), times(lookup), "")
        let noted = try bench.lookup(isNoted: true)
        row("  an access log in the baseline", ms(noted.vault), ms(noted.plain), times(noted), "at most 2x")
        for (name, crowd) in [("reveal, 64 at once", try bench.reveals(atOnce: 64)), ("look up, 64 at once", try bench.lookups(atOnce: 64))] {
            row(name, ms(crowd.vault) + " each", ms(crowd.plain) + " each", times(crowd), "at most 2x")
        }
        let erase = try bench.erase()
        row("erase a customer", ms(erase.vault), ms(erase.plain), times(erase), "")
        row("detection and redaction, 1 thread", String(format: "%.1f MB/s", try OperationBench.detection(feed)), "", "", "")
        let sealing = try OperationBench.sealing(bytes: 256)
        row(
            "sealing of 256 bytes, 1 thread", String(format: "%.0f MB/s", sealing.vault), String(format: "%.0f MB/s", sealing.plain) + " (openssl)",
            percent(sealing.vault / sealing.plain), "")
    }

    private func measurePurge(_ folder: URL, _ feed: FeedFile, _ plain: PlainStore) throws {
        let old = try BenchVault(folder: folder.appendingPathComponent("vault-old"), policies: policies, years: 10)
        try old.ingest(feed.path)
        let purge = (vault: try seconds { try old.purge() }, plain: try seconds { try plain.purge(batch: 1000) })
        row("retention of all records", "\(Int(Double(records) / purge.vault)) records/s", "\(Int(Double(records) / purge.plain)) records/s", times(purge), "")
        // Whoever measures next finds the rows again.
        try plain.explode(feed.path)
    }

    private func measurePostgres(_ feed: FeedFile, _ plain: PlainStore, vault: BenchVault, ingest: Double) throws {
        guard let postgres = try PostgresStore() else { return print("PostgreSQL is not installed: no figures of pgcrypto") }
        print("against PostgreSQL with pgcrypto    vault           PostgreSQL      PostgreSQL : vault")
        func against(_ name: String, _ mine: Double, _ theirs: Double) {
            row("  " + name, ms(mine), ms(theirs), String(format: "%.2fx", theirs / mine), "at least 5x")
        }
        against("ingest", ingest, try postgres.ingest(feed.path))
        // Flushes must not wait for what the ingest has written.
        sync()
        // What was written before has emptied the caches: more rounds than elsewhere.
        let rounds = 3 * readRounds
        func mine(_ body: () throws -> Void) throws -> Double {
            try body()
            return median(try (0..<rounds).map { _ in try seconds(body) })
        }
        against("page of 1,000 rows", try mine { try vault.page(1000, isNew: true) }, try postgres.page(1000, rounds: rounds))
        against("group-by count", try mine { try vault.aggregate() }, try postgres.aggregate(rounds: rounds))
        // The default policy allows 50 reveals a day.
        let agents = try vault.staff(1 + rounds / 40, "agent")
        var revealed = 0
        let reveal = try mine {
            try vault.reveal(as: agents[revealed / 40])
            revealed += 1
        }
        against("reveal", reveal, try postgres.reveal(rounds: rounds))
        against("text search", try mine { try vault.search("unbearable") }, try postgres.search("unbearable", rounds: 5))
        let phone = try plain.phones(100).last!
        against("look-up", try mine { try vault.lookup(phone) }, try postgres.lookup(phone, rounds: rounds))
        let crowd = OperationBench(vault: vault, plain: plain, rounds: 1)
        against("reveal, 64 at once", try crowd.reveals(atOnce: 64).vault, try postgres.reveal(atOnce: 64))
        against("look-up, 64 at once", try crowd.lookups(atOnce: 64).vault, try postgres.lookup(phone, atOnce: 64))
        try measureServer(postgres, feed, vault, ingest: ingest)
    }

    /// The vault with its data in PostgreSQL, against the same with files.
    private func measureServer(_ postgres: PostgresStore, _ feed: FeedFile, _ files: BenchVault, ingest: Double) throws {
        print("data in PostgreSQL                  PostgreSQL      files           PostgreSQL : files")
        let (address, owner) = try postgres.database()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("voc-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let served = try BenchVault(folder: folder, policies: policies, in: .postgres(address, owner: owner))
        let time = try seconds { try served.ingest(feed.path) }
        row("  ingest", "\(Int(Double(records) / time)) records/s", "\(Int(Double(records) / ingest)) records/s", String(format: "%.2fx", time / ingest), "")
        for (name, body) in [
            ("page of 1,000 rows", { try $0.page(1000, isNew: true) }), ("group-by count", { try $0.aggregate() }), ("reveal", { try $0.reveal() }),
            ("text search", { try $0.search("unbearable") }),
        ] as [(String, (BenchVault) throws -> Void)] {
            let pair = try compare(readRounds, { try body(served) }, { try body(files) })
            row("  " + name, ms(pair.vault), ms(pair.plain), times(pair), "")
        }
    }

    private func measureAudit(_ folder: URL) throws {
        let batched = try AuditBench(folder: folder.appendingPathComponent("audit-batched"))
        let single = try AuditBench(folder: folder.appendingPathComponent("audit-single"))
        let entries = max(auditEntries, 2000)
        let fast = Double(entries) / (try seconds { try batched.append(entries, batch: 1000) })
        let slow = 2000 / (try seconds { try single.append(2000, batch: 1) })
        row("audit append, 1,000 a commit", "\(Int(fast)) /s", "\(Int(slow)) /s", String(format: "%.1fx", fast / slow), "at least 3x, 50,000 /s")
        let verified = Double(entries) / (try seconds { try batched.verify() })
        row("audit verify", "\(Int(verified)) /s", "", "", "at least 300,000 /s")
        let hashes = try HashTiles(folder: folder.appendingPathComponent("tiles"), size: 10_000_000)
        let proof = median(try (0..<101).map { _ in try seconds { try hashes.prove() } })
        row("inclusion proof, 10,000,000 leaves", ms(proof), "", "", "under 1 ms")
    }

    private func measureHTTP(_ folder: URL, _ vault: BenchVault, _ feed: FeedFile, fileSeconds: Double) throws {
        let server = try HTTPBench(vault)
        for (name, isNew) in [("HTTP, page of 100 rows, 64 clients", false), ("  pages that nobody has asked for", true)] {
            let load = try server.compare(isNew: isNew, seconds: 3, rounds: 5)
            row(
                name, "\(Int(load.vault.perSecond)) /s", "\(Int(load.plain.perSecond)) /s (static)",
                percent(load.vault.perSecond / load.plain.perSecond), isNew ? "" : "at least 40 %")
            row("  latency, median and 99 %", ms(load.vault.median), ms(load.vault.p99), String(format: "%.1fx", load.vault.p99 / load.vault.median), "at most 10x")
        }
        let times = try (0..<3).map { round in
            sync()
            let fresh = try HTTPBench(try BenchVault(folder: folder.appendingPathComponent("http-\(round)"), policies: policies))
            return try seconds { try fresh.ingest(feed.path) }
        }
        let rate = median(times)
        row(
            "HTTP ingest against file ingest", "\(Int(Double(records) / rate)) records/s", "\(Int(Double(records) / fileSeconds)) records/s",
            percent(fileSeconds / rate), "at least 60 %")
    }

    private func row(_ cells: String...) {
        let widths = [36, 16, 16, 16, 0]
        print(zip(cells, widths).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }.joined())
    }

    private func percent(_ ratio: Double) -> String { String(format: "%.1f %%", ratio * 100) }
    private func ms(_ seconds: Double) -> String { String(format: "%.3f ms", seconds * 1000) }
    private func times(_ pair: (vault: Double, plain: Double)) -> String { String(format: "%.2fx", pair.vault / pair.plain) }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Medians of two ways to do the same, taken in turn after one warm-up each.
func compare(
    _ rounds: Int, _ vault: () throws -> Void, _ plain: () throws -> Void
) throws -> (vault: Double, plain: Double) {
    try vault()
    try plain()
    var times: (vault: [Double], plain: [Double]) = ([], [])
    for _ in 0..<rounds {
        times.vault.append(try seconds(vault))
        times.plain.append(try seconds(plain))
    }
    return (median(times.vault), median(times.plain))
}

/// Highest resident memory so far, from the kernel.
func peakMiB() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) / 1024
}
