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
              voc-bench --curve 10000,100000,1000000 --json curve.json
            """)

    @Option(help: "How many records.")
    var records = 100_000

    @Option(help: "How often ingest is measured; the median counts.")
    var rounds = 5

    @Option(help: "How often each reading figure is taken; the median counts.")
    var readRounds = 15

    @Option(help: "How many audit entries are appended and verified.")
    var auditEntries = 200_000

    @Option(help: "Instead: costs in vaults of these sizes, such as 10000,100000,1000000.")
    var curve: String?

    @Option(help: "Writes the figures to this file, as .ci/figures reads them.")
    var json: String?

    @Option(help: "What is to be known about the machine, such as what else runs on it.")
    var note: String?

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
        if let ingesting {
            // For whoever measures with fewer cores, or the memory of an ingest alone.
            let vault = try BenchVault(folder: folder.appendingPathComponent("vault"), policies: policies)
            return print(try seconds { try vault.ingest(ingesting) }, peakMiB())
        }
        let results: Results
        if let curve {
            let sizes = curve.split(separator: ",").compactMap { Int($0) }
            results = try Results(run: "curve", records: sizes.max() ?? 0, note: note)
            try CostCurve(folder: folder, policies: policies, results: results).measure(sizes)
        } else {
            results = try Results(run: "bench", records: records, note: note)
            try measure(into: results, folder)
        }
        try json.map { try results.write(to: $0) }
    }

    private func measure(into results: Results, _ folder: URL) throws {
        let feed = try FeedFile(folder: folder, records: records)
        var ingest = Pairs()
        var vault: BenchVault!
        var plain: PlainStore!
        for round in 0..<rounds {
            plain = try PlainStore(folder: folder.appendingPathComponent("plain-\(round)"))
            ingest.baseline.append(try plain.timedIngest(feed.path))
            sync()
            vault = try BenchVault(folder: folder.appendingPathComponent("vault-\(round)"), policies: policies)
            ingest.vault.append(try seconds { try vault.ingest(feed.path) })
        }
        results.add(Figure("ingest", ingest, .records(records)))

        try plain.explode(feed.path)
        let parts = only.map { Set($0.split(separator: ",").map(String.init)) }
        func isWanted(_ part: String) -> Bool { parts?.contains(part) ?? true }
        if isWanted("shares") { try measureShares(folder, feed, results) }
        if isWanted("reads") { try measureReads(folder, vault, plain, results) }
        if isWanted("operations") { try measureOperations(OperationBench(vault: vault, plain: plain, rounds: readRounds), feed, results) }
        if isWanted("purge") { try measurePurge(folder, feed, plain, results) }
        if isWanted("postgres") {
            try PostgresFigures(vault: vault, plain: plain, feed: feed, policies: policies, rounds: readRounds, results: results).measure(ingest: median(ingest.vault))
        }
        if isWanted("audit") { try measureAudit(folder, results) }
        if isWanted("http") { try measureHTTP(folder, vault, feed, file: ingest.vault, results) }
    }

    /// Ingest with one core, and of records without texts, which leaves nothing to redact.
    private func measureShares(_ folder: URL, _ feed: FeedFile, _ results: Results) throws {
        let silent = try FeedFile(folder: folder, records: records, hasTexts: false)
        for (name, feed, cores) in [
            ("ingest, one core", feed, "0"), ("ingest of records without texts", silent, "0,1"), ("ingest of records without texts, one core", silent, "0"),
        ] {
            var pairs = Pairs()
            for round in 0..<rounds {
                let plain = try PlainStore(folder: folder.appendingPathComponent("share-\(name)-\(round)"))
                pairs.baseline.append(try plain.timedIngest(feed.path))
                sync()
                pairs.vault.append(try ingestElsewhere(feed, policies: policies, under: ["taskset", "-c", cores]).seconds)
            }
            results.add(Figure(name, pairs, .records(records)))
        }
    }

    private func measureReads(_ folder: URL, _ vault: BenchVault, _ plain: PlainStore, _ results: Results) throws {
        func add(_ name: String, against: String = "plain SQLite", rounds: Int, _ mine: () throws -> Void, _ theirs: () throws -> Void) throws {
            results.add(Figure(name, try compare(rounds, mine, theirs), .milliseconds, against: against))
        }
        // The flushes of the audit log must not wait for what the ingests have written.
        sync()
        try add("page of 1,000 redacted rows that nobody has asked for", rounds: readRounds, { try vault.page(1000, isNew: true) }, { try plain.page(1000) })
        let sealed = try SealedPlainPage(folder: folder, copying: plain)
        try add(
            "the same, with the same decryption in the baseline", against: "SQLite and OpenSSL", rounds: readRounds, { try vault.page(1000, isNew: true) },
            { try sealed.page(1000) })
        try add("the same asked for again, while nothing has changed", rounds: readRounds, { try vault.page(1000, isNew: false) }, { try plain.page(1000) })
        try add("group-by count, small groups suppressed", rounds: readRounds, { try vault.aggregate() }, { try plain.aggregate() })
        // The default policy allows 50 reveals a day.
        let reveals = min(readRounds, 40)
        try add("reveal of a field", rounds: reveals, { try vault.reveal() }, { try plain.readOne() })
        let other = try vault.staff(1, "agent")[0]
        try add(
            "reveal, against a read that is noted first", against: "SQLite with an access log", rounds: reveals, { try vault.reveal(as: other) },
            { try plain.noting("reveal") { try plain.readOne() } })
        results.add(Figure("one flush of this disk", unit: "ms", vault: try OperationBench.flush(in: folder) * 1e3, runs: 51))
    }

    private func measureOperations(_ bench: OperationBench, _ feed: FeedFile, _ results: Results) throws {
        results.add(Figure("text search, 100 rows", try bench.search(), .milliseconds))
        results.add(Figure("record stored by itself", try bench.store(), .milliseconds))
        results.add(Figure("look-up of a customer", try bench.lookup(), .milliseconds))
        results.add(
            Figure("look-up, against a read that is noted first", try bench.lookup(isNoted: true), .milliseconds, against: "SQLite with an access log"))
        results.add(Figure("reveal, 64 at once", try bench.reveals(atOnce: 64), .milliseconds))
        results.add(Figure("look-up, 64 at once", try bench.lookups(atOnce: 64), .milliseconds))
        results.add(Figure("erasure of a customer", try bench.erase(), .milliseconds))
        results.add(Figure("detection and redaction, one thread", unit: "MB/s", vault: try OperationBench.detection(feed), runs: 3))
        let sealing = try OperationBench.sealing(bytes: 256)
        results.add(
            Figure("sealing of 256 bytes, one thread", unit: "MB/s", vault: sealing.vault, baseline: sealing.openssl, against: "openssl speed", runs: 1))
    }

    private func measurePurge(_ folder: URL, _ feed: FeedFile, _ plain: PlainStore, _ results: Results) throws {
        let old = try BenchVault(folder: folder.appendingPathComponent("vault-old"), policies: policies, years: 10)
        try old.ingest(feed.path)
        let purge = Pairs(vault: [try seconds { try old.purge() }], baseline: [try seconds { try plain.purge(batch: 1000) }])
        results.add(Figure("retention of all records", purge, .records(records)))
        // Whoever measures next finds the rows again.
        try plain.explode(feed.path)
    }

    private func measureAudit(_ folder: URL, _ results: Results) throws {
        let batched = try AuditBench(folder: folder.appendingPathComponent("audit-batched"))
        let single = try AuditBench(folder: folder.appendingPathComponent("audit-single"))
        let entries = max(auditEntries, 2000)
        let fast = Double(entries) / (try seconds { try batched.append(entries, batch: 1000) })
        let slow = 2000 / (try seconds { try single.append(2000, batch: 1) })
        results.add(Figure("audit entries, 1,000 a commit", unit: "entries/s", vault: fast, baseline: slow, against: "one a commit", runs: 1))
        let verified = Double(entries) / (try seconds { try batched.verify() })
        results.add(Figure("audit entries verified", unit: "entries/s", vault: verified, runs: 1))
        let hashes = try HashTiles(folder: folder.appendingPathComponent("tiles"), size: 10_000_000)
        let proof = median(try (0..<101).map { _ in try seconds { try hashes.prove() } })
        results.add(Figure("proof of inclusion among 10,000,000 entries", unit: "ms", vault: proof * 1e3, runs: 101))
    }

    private func measureHTTP(_ folder: URL, _ vault: BenchVault, _ feed: FeedFile, file: [Double], _ results: Results) throws {
        let server = try HTTPBench(vault)
        for (name, isNew) in [("page of 100 rows over HTTP, 64 clients ask for the same", false), ("pages over HTTP that nobody has asked for", true)] {
            let load = try server.compare(isNew: isNew, seconds: 3, rounds: 5)
            results.add(Figure(name, load.each, .rate("pages/s", of: 1), against: "a static body"))
            results.add(
                Figure(
                    isNew ? "time at 99 %, new pages" : "time at 99 %, the same page", unit: "ms", vault: load.p99 * 1e3, baseline: load.median * 1e3,
                    against: "its median", runs: 5))
        }
        let times = try (0..<min(3, file.count)).map { round in
            sync()
            let fresh = try HTTPBench(try BenchVault(folder: folder.appendingPathComponent("http-\(round)"), policies: policies))
            return try seconds { try fresh.ingest(feed.path) }
        }
        let count = Double(records)
        results.add(
            Figure(
                "ingest over HTTP", unit: "records/s", vault: count / median(times), baseline: count / median(file), against: "ingest from a file",
                runs: times.count))
    }
}

/// Ingests with a process of its own, perhaps under another program; returns the seconds it took and its highest memory in MiB.
func ingestElsewhere(_ feed: FeedFile, policies: String, under: [String] = []) throws -> (seconds: Double, peakMiB: Double) {
    let command = under + [CommandLine.arguments[0], "--policies", policies, "--ingesting", feed.path]
    let said = try run(command[0], Array(command.dropFirst())).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return (said[0], said[1])
}

/// Highest resident memory so far, from the kernel.
private func peakMiB() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) / 1024
}
