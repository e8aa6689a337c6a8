import Foundation
import Sealing
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What somebody finds who reads the memory of a server at work, or what it leaves when it crashes.
@Suite("Secrets in memory and in what a crash leaves", .serialized)
struct SecretsTests {
    private struct Region {
        var range: Range<UInt64>
        var name: String
        /// Kept from the swap (mlock), and left out of dumps (MADV_DONTDUMP).
        var isLocked = false
        var isLeftOut = false
    }

    /// A file of `/proc` whole. Foundation takes a short read for the end, and the kernel gives what it likes at a time.
    private func processFile(_ path: String) throws -> Data {
        let file = try #require(FileHandle(forReadingAtPath: path))
        var data = Data()
        while let block = try file.read(upToCount: 1 << 16), !block.isEmpty { data += block }
        return data
    }

    /// The readable regions of a process, from `/proc/…/smaps`.
    private func regions(of process: Int32) throws -> [Region] {
        var regions: [Region] = []
        for line in String(decoding: try processFile("/proc/\(process)/smaps"), as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let bounds = words[0].split(separator: "-")
            if bounds.count == 2, let low = UInt64(bounds[0], radix: 16), let high = UInt64(bounds[1], radix: 16) {
                regions.append(Region(range: low..<high, name: words.count > 5 ? String(words[5]) : ""))
                if words[1].first != "r" { regions[regions.count - 1].range = low..<low }
            } else if words[0] == "VmFlags:" {
                regions[regions.count - 1].isLocked = words.contains("lo")
                regions[regions.count - 1].isLeftOut = words.contains("dd")
            }
        }
        return regions.filter { !$0.range.isEmpty && !["[vvar]", "[vvar_vclock]", "[vsyscall]"].contains($0.name) }
    }

    /// The regions in which the bytes stand, once for each time.
    private func find(_ wanted: [(name: String, bytes: Data)], in process: Int32) throws -> [String: [Region]] {
        let memory = open("/proc/\(process)/mem", O_RDONLY)
        try #require(memory >= 0, "the memory of the process cannot be read: the test needs root")
        defer { close(memory) }
        var found: [String: [Region]] = [:]
        for region in try regions(of: process) {
            var block = Data(count: Int(region.range.count))
            let count = block.withUnsafeMutableBytes { pread(memory, $0.baseAddress, $0.count, off_t(region.range.lowerBound)) }
            guard count > 0 else { continue }
            block = block.prefix(count)
            for (name, bytes) in wanted {
                var rest = block[...]
                while let hit = rest.range(of: bytes) {
                    found[name, default: []].append(region)
                    rest = rest[hit.upperBound...]
                }
            }
        }
        return found
    }

    /// What wraps keys in a root key's place.
    private func wrappingKey(from root: String) throws -> Data {
        let bytes = Array(root.utf8)
        let key = try KeyWrapper.wrappingKey(from: SecretBytes(base64: bytes.span, count: 32))
        return key.withSpan { span in Data(span.indices.map { span[$0] }) }
    }

    @Test("what wraps keys stands in locked pages only that no dump has, and the root key nowhere; no token is in the environment; a crash leaves nothing")
    func memory() async throws {
        let vault = try CommandLineVault()
        let canary = "绝密的一句话 canary-7391"
        try vault.write("feed.jsonl", (0..<200).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "司马相如", "phone": "13912345678"], text: canary) })
        let server = try ServedCommandLine(vault)
        #expect(try server.run(["ingest", "feed.jsonl"], as: "ingest").status == 0)
        let record = try vault.rows(["query", "--purpose", "follow-up", "--select", "record", "--limit", "1"], as: "agent")[0]["record"] as! String
        #expect(try server.run(["reveal", record, "--field", "phone", "--purpose", "follow-up", "--reason", "call"], as: "agent").output == "13912345678\n")

        let keys = try String(contentsOf: vault.folder.appendingPathComponent("keys"), encoding: .utf8)
        let text = try #require(keys.firstMatch(of: #/[A-Za-z0-9+\/]{43}=/#).map { String($0.0) })
        let raw = try #require(Data(base64Encoded: text))
        let found = try find(
            [("root key", raw), ("root key as text", Data(text.utf8)), ("wrapping key", wrappingKey(from: text))], in: server.process.processIdentifier)
        let places = found["wrapping key", default: []]
        #expect(!places.isEmpty, "the search finds what is there")
        #expect(places.allSatisfy { $0.isLocked && $0.isLeftOut }, "the key stands in \(Set(places.map(\.name))) too")
        #expect(found["root key"] == nil && found["root key as text"] == nil, "the root key is still in memory")

        let environment = try processFile("/proc/\(server.process.processIdentifier)/environ")
        for token in vault.tokens.values { #expect(!environment.holds(Data(token.utf8))) }
        let arguments = try processFile("/proc/\(server.process.processIdentifier)/cmdline")
        #expect(!arguments.holds(Data("vvt_".utf8)))

        kill(server.process.processIdentifier, SIGSEGV)
        server.process.waitUntilExit()
        #expect(server.process.terminationReason == .uncaughtSignal)
        let said = try String(contentsOf: server.log, encoding: .utf8)
        for secret in [canary, "司马", "13912345678", text, "Backtrac", "Registers"] + vault.tokens.values { #expect(!said.contains(secret), "\(secret.prefix(8))") }
        let files = try FileManager.default.contentsOfDirectory(atPath: vault.folder.path)
        #expect(!files.contains { $0.hasPrefix("core") })
    }
}
