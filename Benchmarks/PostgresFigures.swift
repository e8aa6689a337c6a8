import Foundation

/// The vault against PostgreSQL with pgcrypto, and with its own data in PostgreSQL.
struct PostgresFigures {
    let vault: BenchVault
    let plain: PlainStore
    let feed: FeedFile
    let policies: String
    let rounds: Int
    let results: Results

    /// - Parameter ingest: seconds that the vault took with files.
    func measure(ingest: Double) throws {
        guard let postgres = try PostgresStore() else { return print("PostgreSQL is not installed: no figures of pgcrypto") }
        try comparePgcrypto(postgres, ingest: ingest)
        try compareServer(postgres, ingest: ingest)
    }

    private func comparePgcrypto(_ postgres: PostgresStore, ingest: Double) throws {
        func add(_ name: String, runs: Int, _ mine: Double, _ theirs: Double) {
            results.add(Figure(name + ", against pgcrypto", in: .pgcrypto, unit: "ms", vault: mine * 1e3, baseline: theirs * 1e3, against: "PostgreSQL", runs: runs))
        }
        add("ingest", runs: 1, ingest, try postgres.ingest(feed.path))
        // Flushes must not wait for what the ingest has written.
        sync()
        // What was written before has emptied the caches: more rounds than elsewhere.
        let rounds = 3 * rounds
        func mine(_ body: () throws -> Void) throws -> Double {
            try body()
            return median(try (0..<rounds).map { _ in try seconds(body) })
        }
        add("page of 1,000 rows", runs: rounds, try mine { try vault.page(1000, isNew: true) }, try postgres.page(1000, rounds: rounds))
        add("group-by count", runs: rounds, try mine { try vault.aggregate() }, try postgres.aggregate(rounds: rounds))
        // The default policy allows 50 reveals a day.
        let agents = try vault.staff(1 + rounds / 40, "agent")
        var revealed = 0
        let reveal = try mine {
            try vault.reveal(as: agents[revealed / 40])
            revealed += 1
        }
        add("reveal", runs: rounds, reveal, try postgres.reveal(rounds: rounds))
        add("text search", runs: 5, try mine { try vault.search("unbearable") }, try postgres.search("unbearable", rounds: 5))
        let phone = try plain.phones(100).last!
        add("look-up", runs: rounds, try mine { try vault.lookup(phone) }, try postgres.lookup(phone, rounds: rounds))
        let crowd = OperationBench(vault: vault, plain: plain, rounds: 1)
        add("reveal, 64 at once", runs: 7, median(try crowd.reveals(atOnce: 64).vault), try postgres.reveal(atOnce: 64))
        add("look-up, 64 at once", runs: 7, median(try crowd.lookups(atOnce: 64).vault), try postgres.lookup(phone, atOnce: 64))
    }

    /// The vault with its data in PostgreSQL, against the same with files.
    private func compareServer(_ postgres: PostgresStore, ingest: Double) throws {
        let (address, owner) = try postgres.database()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("voc-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let served = try BenchVault(folder: folder, policies: policies, in: .postgres(address, owner: owner))
        let time = try seconds { try served.ingest(feed.path) }
        func add(_ name: String, _ pairs: Pairs, _ measure: Measure) {
            results.add(Figure(name + ", data in PostgreSQL", in: .server, pairs, measure, against: "files"))
        }
        add("ingest", Pairs(vault: [time], baseline: [ingest]), .records(feed.records))
        for (name, body) in [
            ("page of 1,000 rows", { try $0.page(1000, isNew: true) }), ("group-by count", { try $0.aggregate() }), ("reveal", { try $0.reveal() }),
            ("text search", { try $0.search("unbearable") }),
        ] as [(String, (BenchVault) throws -> Void)] {
            add(name, try compare(rounds, { try body(served) }, { try body(vault) }), .milliseconds)
        }
    }
}
