import Foundation
import Testing

/// What each room of the house keeps to itself, read from the sources (docs/ARCHITECTURE.md, "Rules of the rooms").
@Suite("The rooms")
struct RoomTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private struct Source {
        /// From the root, such as `Sources/Wire/FileBatch.swift`.
        var path: String
        var text: String

        var target: String { String(path.split(separator: "/")[1]) }
    }

    private static func sources(_ folder: String = "Sources") throws -> [Source] {
        let files = FileManager.default.enumerator(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
        return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }.map { file in
            Source(path: String(file.path.dropFirst(root.path.count + 1)), text: try String(contentsOf: file, encoding: .utf8))
        }
    }

    @Test("only the contract names a route")
    func routes() throws {
        let named = try Self.sources().filter { $0.text.contains("\"/v1/") }
        #expect(named.count > 40, "the contract names its routes")
        for source in named { #expect(source.target == "VaultAPI", "\(source.path)") }
    }

    @Test("only the contract names a failure")
    func failures() throws {
        let contract = try String(contentsOf: Self.root.appendingPathComponent("Sources/VaultAPI/Failure.swift"), encoding: .utf8)
        let names = contract.matches(of: /= ("[a-z]+(?:-[a-z]+)+")/).map { String($0.1) }
        #expect(names.count > 10)
        for source in try Self.sources() where source.path != "Sources/VaultAPI/Failure.swift" {
            for name in names { #expect(!source.text.contains(name), "\(source.path): \(name)") }
        }
    }

    /// What operations of the contract are made of: what the engine's folder `Performing`, and that of the pages, call on a session.
    private static func performed() throws -> Set<String> {
        let files = try sources().filter { $0.path.hasPrefix("Sources/VoCVault/Performing/") || $0.path.hasSuffix("/Performing.swift") }
        return Set(files.flatMap { $0.text.matches(of: /session\.(\w+)\(/).map { String($0.1) } })
    }

    @Test("whoever works with the vault from outside the engine goes through the one door, Session.perform")
    func door() throws {
        // Analysis reads pages and figures through `RedactedSource`, which a session is; a page for HTTP is one with its bytes.
        let performed = try Self.performed().subtracting(["page", "changes", "aggregate", "annotate"])
        #expect(performed.isSuperset(of: ["eraseSubject", "reveal", "retentionRun", "issueToken", "verifyAudit"]))
        for source in try Self.sources() where ["VaultServer", "vocvault", "Pages"].contains(source.target) && !source.path.hasSuffix("/Performing.swift") {
            for match in source.text.matches(of: /(?:session|\$0)\.(\w+)\(/) {
                // The server adds to an examination what it knows of its certificate.
                if match.1 == "examine", source.path.hasSuffix("OperationEndpoint.swift") { continue }
                #expect(!performed.contains(String(match.1)), "\(source.path) calls \(match.1)")
            }
        }
    }

    @Test("only the engine makes entries of the log, and only in its own rooms")
    func entries() throws {
        for source in try Self.sources() where source.text.contains(/AuditEntry\(\s*principal/) {
            #expect(["VoCVault", "AuditLog"].contains(source.target), "\(source.path)")
        }
    }

    @Test("what is public is the contract, the redacted query, the client and the door of the engine")
    func publicNames() throws {
        let doors: Set = ["Vault.swift", "Session.swift", "SignIn.swift", "VaultError.swift", "LogFork.swift", "Uptime.swift"]
        for source in try Self.sources("Sources/VoCVault") where !doors.contains(String(source.path.split(separator: "/").last!)) {
            for match in source.text.matches(of: /public ((?:static |final )*(?:struct|enum|class|protocol|var|let|init|func) ?\w*)/) {
                let name = String(match.1)
                // What a public protocol demands.
                let isDemanded = ["func perform", "func page", "func changes", "func aggregate", "func annotate", "protocol PerformedOperation", "var description"].contains(name)
                #expect(isDemanded || name == "init", "\(source.path): \(name)")
            }
        }
    }

    @Test("only the pages are markup, and only they escape it")
    func markup() throws {
        let tag = /<\/?(?:html|head|body|main|div|span|p|h[1-6]|ul|li|table|tr|th|td|form|input|button|svg|rect|text|title)[ >\/\\]/
        let entity = /&(?:lt|gt|amp|quot|#39);/
        let (pages, others) = (try Self.sources("Sources/Pages"), try Self.sources().filter { $0.target != "Pages" })
        #expect(pages.contains { $0.text.contains(tag) })
        #expect(pages.filter { $0.text.contains(entity) }.map(\.path) == ["Sources/Pages/HTML.swift"])
        for source in others { #expect(!source.text.contains(tag) && !source.text.contains(entity), "\(source.path)") }
    }

    @Test("only Wire escapes JSON and CSV, names hidden characters, and writes hexadecimal")
    func forms() throws {
        // An object that begins, an escape, a doubled quote, digits: what somebody writes who does it by hand.
        let signs = [/"\{\\"/, /#"\{"/, /0x75, 0x30, 0x30/, /0x22 \{ output\.append\(0x22\)/, />> 4, radix: 16|"0123456789abcdef"/, /0x202A|0x202E|u\{202E\}/]
        let (wire, others) = (try Self.sources("Sources/Wire"), try Self.sources().filter { $0.target != "Wire" })
        #expect(signs.count { sign in wire.contains { $0.text.contains(sign) } } >= 4)
        for source in others {
            // What the databases' own syntax wants, and how an alphabet is searched for in texts.
            if source.path.hasPrefix("Sources/Store") || source.path.hasPrefix("Sources/Detection/") { continue }
            for sign in signs { #expect(!source.text.contains(sign), "\(source.path)") }
        }
    }

    @Test("every failure is described for users of the API, with its status")
    func documented() throws {
        let contract = try String(contentsOf: Self.root.appendingPathComponent("Sources/VaultAPI/Failure.swift"), encoding: .utf8)
        let table = try String(contentsOf: Self.root.appendingPathComponent("docs/API.md"), encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| ") }
        let declared = contract.prefix(while: { $0 != "}" }).matches(of: /case `?(\w+)`?(?: = "([a-z-]+)")?\n/).map { String($0.2 ?? $0.1) }
        #expect(declared.count > 20)
        for name in declared { #expect(table.contains { $0.split(separator: "|")[0].contains(name) }, "docs/API.md lacks \(name)") }
    }
}
