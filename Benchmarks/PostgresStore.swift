import Foundation

/// The other baseline: PostgreSQL with pgcrypto, one random key a customer, values sealed as OpenPGP messages with
/// integrity protection in the fastest setting, tags by HMAC. It neither redacts nor logs.
final class PostgresStore {
    private let folder: URL
    private let server: Process
    private static let options = "cipher-algo=aes256, s2k-mode=1, compress-algo=0"

    /// Starts a server of its own, where Debian's packages are installed; nil otherwise.
    init?() throws {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let newest = versions.compactMap(Int.init).max() else { return nil }
        let programs = "/usr/lib/postgresql/\(newest)/bin"
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
            CREATE TABLE customer (id text PRIMARY KEY, number bigserial UNIQUE, key text);
            CREATE TABLE record (id bigserial PRIMARY KEY, source_id text UNIQUE, customer bigint, channel text, occurred_at timestamptz,
                product text, rating int, name bytea, phone bytea, email bytea, national_id bytea, address bytea, text bytea);
            CREATE INDEX ON record (occurred_at);
            CREATE TABLE tag (field int, tag bytea, customer bigint, PRIMARY KEY (field, tag, customer));
            """)
    }

    deinit {
        server.terminate()
        server.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// - Returns: seconds.
    func ingest(_ path: String) throws -> Double {
        func sealed(_ value: String) -> String { "pgp_sym_encrypt(\(value), c.key, '\(Self.options)')" }
        func field(_ name: String) -> String { sealed("line -> 'customer' ->> '\(name)'") }
        let customer = "COALESCE(line -> 'customer' ->> 'id', line ->> 'id')"
        let tags = ["id", "phone", "email", "national_id"].enumerated().map { number, name in
            """
            SELECT DISTINCT \(number), hmac(line -> 'customer' ->> '\(name)', 'key', 'sha256'), c.number FROM raw JOIN customer c ON c.id = \(customer)
            WHERE line -> 'customer' ->> '\(name)' IS NOT NULL
            """
        }
        return try times("""
            \\copy raw FROM '\(path)' CSV QUOTE E'\\x01' DELIMITER E'\\x02'
            INSERT INTO customer (id, key) SELECT id, encode(gen_random_bytes(32), 'hex') FROM (SELECT DISTINCT \(customer) AS id FROM raw) d;
            INSERT INTO record (source_id, customer, channel, occurred_at, product, rating, name, phone, email, national_id, address, text)
                SELECT line ->> 'id', c.number, line ->> 'channel', (line ->> 'occurred_at')::timestamptz, line -> 'attributes' ->> 'product',
                (line -> 'attributes' ->> 'rating')::int, \(field("name")), \(field("phone")), \(field("email")), \(field("national_id")),
                \(field("address")), \(sealed("line ->> 'text'")) FROM raw JOIN customer c ON c.id = \(customer);
            INSERT INTO tag \(tags.joined(separator: " UNION ALL ")) ON CONFLICT DO NOTHING;
            ANALYZE;
            """).reduce(0, +)
    }

    /// Seconds of each operation, the median of several.
    func page(_ count: Int, rounds: Int) throws -> Double {
        try median(rounds, """
            SELECT r.id, channel, occurred_at, pgp_sym_decrypt(r.text, c.key), product, rating
            FROM (SELECT * FROM record ORDER BY occurred_at DESC LIMIT \(count)) r JOIN customer c ON c.number = r.customer;
            """)
    }

    func aggregate(rounds: Int) throws -> Double { try median(rounds, "SELECT channel, product, COUNT(*) FROM record GROUP BY 1, 2;") }

    func reveal(rounds: Int) throws -> Double {
        try median(rounds, "SELECT pgp_sym_decrypt(r.phone, c.key) FROM record r JOIN customer c ON c.number = r.customer WHERE r.id = 1;")
    }

    func search(_ word: String, rounds: Int) throws -> Double {
        try median(rounds, """
            SELECT id, text FROM (SELECT r.id, occurred_at, pgp_sym_decrypt(r.text, c.key) AS text FROM record r JOIN customer c ON c.number = r.customer
            ORDER BY occurred_at DESC) t WHERE text LIKE '%\(word)%' LIMIT 100;
            """)
    }

    func lookup(_ phone: String, rounds: Int) throws -> Double {
        try median(rounds, "SELECT customer FROM tag WHERE field = 1 AND tag = hmac('\(phone)', 'key', 'sha256');")
    }

    private func median(_ rounds: Int, _ statement: String) throws -> Double {
        try times(String(repeating: statement + "\n", count: rounds + 1)).dropFirst().sorted()[rounds / 2]
    }

    /// Runs statements; returns the seconds that each took.
    private func times(_ statements: String) throws -> [Double] {
        let text = try run("psql", ["-X", "-h", folder.path, "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1"], input: "\\o /dev/null\n\\timing on\n\(statements)\n")
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
