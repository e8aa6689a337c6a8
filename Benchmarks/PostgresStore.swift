import Foundation
import Store

/// The other baseline: PostgreSQL with pgcrypto doing the same work, as far as SQL does it. One random key a customer,
/// wrapped under a root key that the database does not hold; values sealed as OpenPGP messages with integrity protection in
/// the fastest setting, tags by HMAC; texts redacted by patterns and by the customer's own values; groups of too few
/// customers left out; an entry in a chain of hashes, durable, for whatever is read or brought in.
final class PostgresStore {
    private let folder: URL
    private let server: Process
    private var databases = 0
    private let programs: String
    private static let options = "cipher-algo=aes256, s2k-mode=1, compress-algo=0"
    /// The root key is the session's to give.
    private static let session = "PGOPTIONS=-c voc.root=8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92"
    /// A customer's key in the clear.
    private static let key = "pgp_sym_decrypt(c.key, current_setting('voc.root'))"

    /// Starts a server of its own, where Debian's packages are installed; nil otherwise.
    init?() throws {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let newest = versions.compactMap(Int.init).max() else { return nil }
        programs = "/usr/lib/postgresql/\(newest)/bin"
        guard FileManager.default.fileExists(atPath: "\(programs)/initdb") else { return nil }
        folder = URL(fileURLWithPath: "/tmp/voc-bench-postgres-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0 { _ = try run("chown", ["postgres", folder.path]) }
        let setUp = Self.process("\(programs)/initdb", ["-D", "\(folder.path)/data", "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        try setUp.run()
        setUp.waitUntilExit()
        server = Self.process("\(programs)/postgres", ["-D", "\(folder.path)/data", "-k", folder.path, "-c", "listen_addresses="])
        try server.run()
        for _ in 0..<100 where !FileManager.default.fileExists(atPath: "\(folder.path)/.s.PGSQL.5432") { usleep(100_000) }
        _ = try times("""
            CREATE EXTENSION pgcrypto;
            CREATE TABLE raw (line jsonb);
            CREATE TABLE customer (id text PRIMARY KEY, number bigserial UNIQUE, key bytea);
            CREATE TABLE record (id bigserial PRIMARY KEY, source_id text UNIQUE, customer bigint, channel text, occurred_at timestamptz,
                product text, rating int, name bytea, phone bytea, email bytea, national_id bytea, address bytea, text bytea, redacted bytea);
            CREATE INDEX ON record (occurred_at);
            CREATE TABLE tag (field int, tag bytea, customer bigint, PRIMARY KEY (field, tag, customer));
            CREATE TABLE audit (seq bigserial PRIMARY KEY, entry jsonb NOT NULL, hash bytea NOT NULL);
            -- Who appends holds a lock until the end of the transaction: a chain has one end.
            CREATE FUNCTION note(entry jsonb) RETURNS bigint LANGUAGE sql AS $$
                SELECT pg_advisory_xact_lock(1);
                INSERT INTO audit (entry, hash) SELECT entry, digest(
                    COALESCE((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '') || convert_to(entry::text, 'UTF8'), 'sha256') RETURNING seq $$;
            CREATE ROLE vocvault LOGIN;
            """)
    }

    deinit {
        server.terminate()
        server.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// - Returns: seconds.
    func ingest(_ path: String) throws -> Double {
        func sealed(_ value: String) -> String { "pgp_sym_encrypt(\(value), c.plain, '\(Self.options)')" }
        let known = ["name", "phone", "email", "national_id", "address"].reduce("line ->> 'text'") { text, name in
            "replace(\(text), COALESCE(NULLIF(line -> 'customer' ->> '\(name)', ''), chr(1)), '[\(name.uppercased())]')"
        }
        let redacted = Self.patterns.reduce(known) { "regexp_replace(\($0), '\($1.pattern)', '[\($1.type)]', 'g')" }
        func field(_ name: String) -> String { sealed("line -> 'customer' ->> '\(name)'") }
        let customer = "COALESCE(line -> 'customer' ->> 'id', line ->> 'id')"
        let tags = ["id", "phone", "email", "national_id"].enumerated().map { number, name in
            """
            SELECT DISTINCT \(number), hmac(line -> 'customer' ->> '\(name)', 'key', 'sha256'), c.number FROM raw JOIN customer c ON c.id = \(customer)
            WHERE line -> 'customer' ->> '\(name)' IS NOT NULL
            """
        }
        let seconds = try times("""
            \\copy raw FROM '\(path)' CSV QUOTE E'\\x01' DELIMITER E'\\x02'
            INSERT INTO customer (id, key) SELECT id, pgp_sym_encrypt(encode(gen_random_bytes(32), 'hex'), current_setting('voc.root'), '\(Self.options)')
                FROM (SELECT DISTINCT \(customer) AS id FROM raw) d;
            WITH c AS MATERIALIZED (SELECT id, number, \(Self.key) AS plain FROM customer c)
                INSERT INTO record (source_id, customer, channel, occurred_at, product, rating, name, phone, email, national_id, address, text, redacted)
                SELECT line ->> 'id', c.number, line ->> 'channel', (line ->> 'occurred_at')::timestamptz, line -> 'attributes' ->> 'product',
                (line -> 'attributes' ->> 'rating')::int, \(field("name")), \(field("phone")), \(field("email")), \(field("national_id")),
                \(field("address")), \(sealed("line ->> 'text'")), \(sealed(redacted)) FROM raw JOIN c ON c.id = \(customer);
            INSERT INTO tag \(tags.joined(separator: " UNION ALL ")) ON CONFLICT DO NOTHING;
            SELECT note('{"action": "ingest"}');
            ANALYZE;
            """).reduce(0, +)
        // Whatever is read afterwards is read without work in the background.
        _ = try times("VACUUM ANALYZE; CHECKPOINT;")
        return seconds
    }

    /// What a text may hold, as PostgreSQL's regular expressions have it.
    private static let patterns: [(type: String, pattern: String)] = [
        ("EMAIL", "[[:alnum:]._%+-]+@[[:alnum:].-]+[.][[:alpha:]]{2,}"), ("URL", "https?://[^[:space:]]+"),
        ("ID", "[1-9][0-9]{16}[0-9Xx]"), ("CARD", "[0-9]{4}([ -]?[0-9]{4}){3}"),
        ("PHONE", "([+]?86[ -]?)?1[3-9][0-9]([ -]?[0-9]{4}){2}"), ("PHONE", "[零〇一二三四五六七八九幺两]{11}"),
        ("IP", "[0-9]{1,3}([.][0-9]{1,3}){3}"),
    ]

    /// Seconds of each operation, the median of several.
    func page(_ count: Int, rounds: Int) throws -> Double {
        try median(rounds, """
            WITH n AS MATERIALIZED (SELECT note('{"action": "query", "rows": \(count)}') AS entry)
            SELECT r.id, channel, occurred_at, pgp_sym_decrypt(r.redacted, \(Self.key)), product, rating
            FROM n, (SELECT * FROM record ORDER BY occurred_at DESC LIMIT \(count)) r JOIN customer c ON c.number = r.customer WHERE n.entry > 0;
            """)
    }

    func aggregate(rounds: Int) throws -> Double {
        try median(rounds, """
            WITH n AS MATERIALIZED (SELECT note('{"action": "query"}') AS entry)
            SELECT channel, product, COUNT(*) FROM n, record WHERE n.entry > 0 GROUP BY 1, 2 HAVING COUNT(DISTINCT customer) >= 5;
            """)
    }

    private static let reveal = """
        WITH n AS MATERIALIZED (SELECT note('{"action": "reveal", "target": 1}') AS entry)
        SELECT pgp_sym_decrypt(r.phone, \(key)) FROM n, record r JOIN customer c ON c.number = r.customer WHERE r.id = 1 AND n.entry > 0;
        """

    func reveal(rounds: Int) throws -> Double { try median(rounds, Self.reveal) }

    /// Seconds of one while so many clients reveal at once.
    func reveal(atOnce count: Int) throws -> Double { try each(Self.reveal, atOnce: count) }

    func search(_ word: String, rounds: Int) throws -> Double {
        try median(rounds, """
            WITH n AS MATERIALIZED (SELECT note('{"action": "query", "searches": 1}') AS entry)
            SELECT id, text FROM n, (SELECT r.id, occurred_at, pgp_sym_decrypt(r.redacted, \(Self.key)) AS text FROM record r JOIN customer c ON c.number = r.customer
            ORDER BY occurred_at DESC) t WHERE text LIKE '%\(word)%' AND n.entry > 0 LIMIT 100;
            """)
    }

    private static func lookup(_ phone: String) -> String {
        """
        WITH n AS MATERIALIZED (SELECT note('{"action": "lookup"}') AS entry)
        SELECT customer FROM n, tag WHERE field = 1 AND tag = hmac('\(phone)', 'key', 'sha256') AND n.entry > 0;
        """
    }

    func lookup(_ phone: String, rounds: Int) throws -> Double { try median(rounds, Self.lookup(phone)) }

    /// Seconds of one while so many clients look up at once.
    func lookup(_ phone: String, atOnce count: Int) throws -> Double { try each(Self.lookup(phone), atOnce: count) }

    /// Seconds of a statement while so many clients run it, by `pgbench` with prepared statements.
    private func each(_ statement: String, atOnce count: Int) throws -> Double {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("voc-bench-\(UUID().uuidString).sql")
        try statement.replacing("\n", with: " ").write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let text = try run(
            Self.session,
            ["\(programs)/pgbench", "-h", folder.path, "-U", "bench", "-d", "postgres", "-n", "-M", "prepared", "-c", String(count), "-j", "2", "-T", "3", "-f", file.path])
        // tps = 1234.5 (without initial connection time)
        let line = text.split(separator: "\n").first { $0.hasPrefix("tps = ") }
        guard let rate = line.flatMap({ Double($0.split(separator: " ")[2]) }) else { preconditionFailure("pgbench did not answer") }
        return 1 / rate
    }

    /// Addresses of a new database for a vault, and of the same for who owns its tables.
    func database() throws -> (vault: PostgresAddress, owner: PostgresAddress) {
        databases += 1
        _ = try times("CREATE DATABASE vault_\(databases);")
        func address(_ role: String) throws -> PostgresAddress { try PostgresAddress("host=\(folder.path) dbname=vault_\(databases) user=\(role)") }
        return (try address("vocvault"), try address("bench"))
    }

    private func median(_ rounds: Int, _ statement: String) throws -> Double {
        try times(String(repeating: statement + "\n", count: rounds + 1)).dropFirst().sorted()[rounds / 2]
    }

    /// Runs statements; returns the seconds that each took.
    private func times(_ statements: String) throws -> [Double] {
        let text = try run(Self.session, ["psql", "-X", "-h", folder.path, "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1"], input: "\\o /dev/null\n\\timing on\n\(statements)\n")
        // Time: 12.345 ms (00:00.012)
        let times = text.split(separator: "\n").filter { $0.hasPrefix("Time: ") }.compactMap { Double($0.split(separator: " ")[1]) }
        precondition(!times.isEmpty, "PostgreSQL did not answer")
        return times.map { $0 / 1000 }
    }

    /// A program of the server's, as another user than root.
    private static func process(_ path: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = (getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL"] : []) + [path] + arguments
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
        return process
    }
}
