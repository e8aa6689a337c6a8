import Foundation
import Testing

/// Reads the manifest and the sources: the arrows of the design are the proof that analysis cannot
/// reach plaintext.
@Suite("The package graph")
struct PackageGraphTests {
    /// What each target may import, as the design says.
    private static let allowed: [String: Set<String>] = [
        "Wire": [],
        "COpenSSL": [],
        "Sealing": ["COpenSSL"],
        "CDetectionData": [],
        "Detection": ["CDetectionData", "CPhoneData"],
        "RedactedAPI": [],
        "CFormats": [],
        "Formats": ["CFormats"],
        // Texts, no code.
        "CCodeFrames": [],
        "Policy": ["CCodeFrames", "Yams"],
        "CPhoneData": [],
        "AuditLog": ["Sealing", "Wire"],
        "CPostgres": [],
        "CSQLite": [],
        "Store": ["Wire"],
        "StoreSQLite": ["CSQLite", "Store", "Wire", "GRDB", "GRDBSQLite"],
        "StorePostgres": ["CPostgres", "Store"],
        "StoreMove": ["Store", "StorePostgres", "StoreSQLite", "Wire"],
        "VaultAPI": ["RedactedAPI", "Wire"],
        // StorePostgres for the type of an address alone, here and in what gives or is given one: vocvault, benchmarks, TestVaults.
        "VoCVault": ["RedactedAPI", "VaultAPI", "Reporting", "Policy", "Detection", "Formats", "AuditLog", "Sealing", "StandardStreams", "Store", "StoreMove", "StorePostgres", "Wire"],
        // Words and weights, no code.
        "CAnalysisData": [],
        "Classification": ["CAnalysisData", "RedactedAPI"],
        "Reporting": ["RedactedAPI"],
        "Pages": ["VoCVault", "VaultAPI", "Policy", "Reporting", "RedactedAPI", "Wire"],
        "StandardStreams": [],
        "VaultServer": [
            "StandardStreams", "VoCVault", "Pages", "RedactedAPI", "VaultAPI", "Policy", "AuditLog", "Sealing", "Store", "Wire", "Hummingbird", "HummingbirdCore",
            "AsyncHTTPClient", "ServiceLifecycle", "UnixSignals", "NIOCore", "NIOPosix", "NIOSSL", "HTTPTypes", "Logging",
        ],
        // A client needs nothing of the vault but its contract.
        "VaultClient": ["RedactedAPI", "VaultAPI", "Wire", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOSSL"],
        "vocvault": ["VoCVault", "VaultAPI", "VaultServer", "VaultClient", "Pages", "Classification", "Reporting", "RedactedAPI", "Policy", "AuditLog", "Sealing", "Store", "StoreMove", "StorePostgres", "Detection", "StandardStreams", "Wire", "ArgumentParser", "AsyncHTTPClient", "NIOCore"],
        "SyntheticFeed": [],
        "voc-feed": ["SyntheticFeed", "StandardStreams", "ArgumentParser"],
        "voc-train-names": ["Detection", "StandardStreams"],
        "voc-bench": ["VoCVault", "VaultServer", "Hummingbird", "AuditLog", "Detection", "RedactedAPI", "Sealing", "Store", "StoreMove", "StorePostgres", "SyntheticFeed", "GRDB", "GRDBSQLite", "ArgumentParser"],
        "TestVaults": ["VoCVault", "RedactedAPI", "Store", "StorePostgres", "SyntheticFeed", "GRDB"],
        "StoreConformance": ["Store"],
    ]
    private static let systemModules: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Glibc", "Musl"]

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Manifest: Decodable {
        struct Target: Decodable {
            var name: String
            var type: String
            var dependencies: [[String: [Part?]]]

            var names: Set<String> { Set(dependencies.flatMap(\.values).compactMap { $0.first??.name }) }
        }

        enum Part: Decodable {
            case name(String)
            case other

            var name: String? { if case .name(let name) = self { name } else { nil } }

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                self = (try? container.decode(String.self)).map { .name($0) } ?? .other
            }
        }

        var targets: [Target]
    }

    private func manifest() throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("graph-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", Self.root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(Manifest.self, from: data)
    }

    @Test("the manifest has no arrow that the design forbids, and no target that it does not name")
    func arrows() throws {
        let targets = try manifest().targets.filter { $0.type != "test" }
        #expect(targets.count == Self.allowed.count)
        for target in targets {
            let allowed = try #require(Self.allowed[target.name], "\(target.name) is not in the design")
            #expect(target.names.subtracting(allowed).isEmpty, "\(target.name) must not depend on \(target.names.subtracting(allowed))")
        }
    }

    private func sources(_ folder: String) throws -> [(path: String, text: String)] {
        let base = Self.root.appendingPathComponent(folder)
        let files = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
            .map { (String($0.path.dropFirst(Self.root.path.count + 1)), try String(contentsOf: $0, encoding: .utf8)) }
    }

    @Test("no source file imports a module that its target may not reach")
    func imports() throws {
        let files = try sources("Sources")
        #expect(files.count > 60)
        for (path, text) in files {
            let target = String(path.split(separator: "/")[1])
            let allowed = Self.allowed[target, default: []].union(Self.systemModules)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count,
                    index == 0 || words[0].hasPrefix("@")
                else { continue }
                #expect(allowed.contains(String(words[index + 1])), "\(path) imports \(words[index + 1])")
            }
        }
    }

    @Test("OpenSSL is imported by Sealing alone, and raw pointers stay in Sealing and what speaks with C libraries")
    func unsafety() throws {
        let binders: Set = [
            "Sources/StoreSQLite/SQLiteStatement.swift", "Sources/StoreSQLite/RowBuffer.swift", "Sources/StoreSQLite/RowModule.swift",
            "Sources/StoreSQLite/GroupGathering.swift", "Sources/StoreSQLite/ResidualFunction.swift", "Sources/StoreSQLite/CodeFunctions.swift",
            "Sources/StoreSQLite/LabelModule.swift",
            "Sources/StorePostgres/PostgresConnection.swift", "Sources/StorePostgres/PostgresStatement.swift", "Sources/StorePostgres/PostgresResult.swift",
            "Sources/Formats/ArchiveReader.swift", "Sources/Formats/TextDecoder.swift", "Sources/Formats/XMLReader.swift",
        ]
        for (path, text) in try sources("Sources") where !path.hasPrefix("Sources/Sealing/") {
            #expect(!text.contains("import COpenSSL"), "\(path)")
            if binders.contains(path) { continue }
            for word in ["UnsafePointer", "UnsafeMutable", "UnsafeRaw", "unsafeBitCast"] { #expect(!text.contains(word), "\(path)") }
        }
    }

    @Test("what goes to standard output and error goes through StandardStreams, which says what is lost")
    func standardStreams() throws {
        for (path, text) in try sources("Sources") + sources("Tools") where !path.hasPrefix("Sources/StandardStreams/") {
            for word in ["standardOutput.write", "standardError.write", "FileHandle.standardError.", "Swift.print", "readLine(", "fputs("] {
                #expect(!text.contains(word), "\(path): \(word)")
            }
        }
    }

    @Test("suites that serve over sockets are among those that 'make test' runs by themselves")
    func connectedSuites() throws {
        let makefile = try String(contentsOf: Self.root.appendingPathComponent("Makefile"), encoding: .utf8)
        let pattern = try #require(makefile.firstMatch(of: /CONNECTED = VaultServerTests\.\((.+)\)Tests/)).1.split(separator: "|")
        let files = try sources("Tests/VaultServerTests")
        let suites = files.flatMap { $0.text.matches(of: /struct (\w+)Tests\b/).map(\.1) }
        #expect(Set(pattern).isSubset(of: suites), "the Makefile names suites that are no more")
        let serving = files.filter { $0.text.contains("withServer(") && !$0.text.contains("func withServer") }
        #expect(serving.count >= 10)
        for (path, text) in serving {
            for suite in text.matches(of: /struct (\w+)Tests\b/) { #expect(pattern.contains(suite.1), "\(path): \(suite.1)Tests") }
        }
    }

    @Test("each database's library is imported by its store alone")
    func databases() throws {
        let owners = ["CFormats": "Formats", "CPostgres": "StorePostgres", "CSQLite": "StoreSQLite", "GRDB": "StoreSQLite", "GRDBSQLite": "StoreSQLite"]
        for (path, text) in try sources("Sources") {
            for (module, owner) in owners where !path.hasPrefix("Sources/\(owner)/") {
                #expect(text.firstMatch(of: try Regex("import \(module)\\b")) == nil, "\(path) imports \(module)")
            }
        }
    }

    @Test("above the move from files to a server nothing imports a store of one database, but for the type of its address")
    func stores() throws {
        for (path, text) in try sources("Sources") where !path.hasPrefix("Sources/Store") {
            #expect(!text.contains("import StoreSQLite"), "\(path)")
            if text.contains("import StorePostgres") { #expect(text.contains("PostgresAddress") || text.contains("KeysPlace"), "\(path) names no address") }
        }
    }

    @Test("what all databases share names none of them, and asks none which it is")
    func sharedStore() throws {
        let files = try sources("Sources/Store")
        #expect(files.count > 40)
        for (path, text) in files {
            for name in ["sqlite", "postgres", "dialect"] { #expect(!text.lowercased().contains(name), "\(path): \(name)") }
        }
        for (path, text) in try sources("Sources") where path.hasPrefix("Sources/Store") {
            #expect(!text.lowercased().contains("dialect"), "\(path)")
            for cast in try text.matches(of: Regex("\\b(as|is)[?!]? (any )?(SQLite|Postgres)(Connection|Database)\\b")) { Issue.record("\(path): \(text[cast.range])") }
        }
    }

    @Test("nothing but the stores knows SQL")
    func statements() throws {
        let statement = try Regex("\\b(SELECT|INSERT INTO|DELETE FROM|UPDATE [a-z_]+ SET|CREATE TABLE|ALTER TABLE|PRAGMA)\\b")
        for (path, text) in try sources("Sources") + sources("Tools") where !path.hasPrefix("Sources/Store") {
            #expect(text.firstMatch(of: statement) == nil, "\(path)")
        }
    }

    /// Modules whose symbols the object files of a target name.
    private func modules(inObjectsOf target: String) throws -> Set<String> {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appendingPathComponent("\(target).build").path) { folder.deleteLastPathComponent() }
        let objects = try FileManager.default.contentsOfDirectory(at: folder.appendingPathComponent("\(target).build"), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "o" }
        try #require(!objects.isEmpty, "\(target) has no objects")
        var found: Set<String> = []
        for object in objects {
            let bytes = try Data(contentsOf: object)
            // A mangled Swift symbol begins with $s, the length of its module's name, and the name.
            for module in Self.allowed.keys where bytes.range(of: Data("$s\(module.utf8.count)\(module)".utf8)) != nil { found.insert(module) }
        }
        return found
    }

    @Test("the objects of the modules that analyse name no symbol but their own and those of the redacted query API")
    func symbols() throws {
        for target in ["Classification", "Reporting"] {
            let found = try modules(inObjectsOf: target)
            #expect(found.contains("RedactedAPI") && found.subtracting([target, "RedactedAPI"]).isEmpty, "\(target) links \(found)")
        }
        // The search finds what is there.
        #expect(try modules(inObjectsOf: "VoCVault").isSuperset(of: ["Store", "Sealing", "Policy", "RedactedAPI"]))
    }

    @Test("storage sees no key type")
    func storageWithoutKeys() throws {
        for (path, text) in try sources("Sources") where path.hasPrefix("Sources/Store") {
            for type in ["SecretBytes", "Plaintext", "FieldCipher"] { #expect(!text.contains(type), "\(path)") }
        }
    }
}
