import Foundation
import Testing

/// There is one version number: the program's. What else names it must agree.
@Suite("The version")
struct VersionTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let changelog = Result { try String(contentsOf: root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8) }

    /// The second-level headings of the changelog, without their marks.
    private func headings() throws -> [Substring] {
        try Self.changelog.get().split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3) }
    }

    private func releases() throws -> [(version: String, date: String)] {
        try headings().filter { $0 != "[Unreleased]" }.map { heading in
            let match = try #require(heading.wholeMatch(of: /\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)/), "'\(heading)' is neither [Unreleased] nor [VERSION] - DATE")
            return (String(match.1), String(match.2))
        }
    }

    @Test("the program says the number of the newest release in the changelog")
    func program() throws {
        // The test bundle stands beside the products.
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("vocvault").path) { folder.deleteLastPathComponent() }
        let process = Process()
        process.executableURL = folder.appendingPathComponent("vocvault")
        process.arguments = ["--version"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try output == "\(#require(releases().first).version)\n")
    }

    @Test("the changelog begins with what is unreleased, and its releases go back in time")
    func order() throws {
        #expect(try headings().first == "[Unreleased]")
        let releases = try releases()
        #expect(!releases.isEmpty)
        for (newer, older) in zip(releases, releases.dropFirst()) {
            #expect(newer.date >= older.date)
            #expect(newer.version.compare(older.version, options: .numeric) == .orderedDescending)
        }
    }

    @Test("entries stand under the kinds of change that Keep a Changelog has")
    func kinds() throws {
        for line in try Self.changelog.get().split(separator: "\n") where line.hasPrefix("### ") {
            #expect(["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"].contains(line.dropFirst(4)))
        }
    }

    @Test("the number is written in one place of the sources")
    func place() throws {
        let version = try #require(releases().first).version
        var places: [String] = []
        for folder in ["Sources", "Benchmarks", "Tools", "deploy"] {
            let files = FileManager.default.enumerator(at: Self.root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where !file.hasDirectoryPath {
                let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").filter { !$0.contains("///") }
                if lines.contains(where: { $0.contains("\"\(version)\"") }) { places.append(file.lastPathComponent) }
            }
        }
        #expect(places == ["Vault.swift"])
    }
}
