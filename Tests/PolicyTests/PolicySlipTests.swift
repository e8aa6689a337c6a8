import Foundation
import Policy
import Testing

/// A mistake that somebody who edits a policy file is likely to make: the text of a shipped file, what takes its place, and what
/// the vault must say.
struct Slip: Sendable, CustomTestStringConvertible {
    var file, old, new, message: String
    /// Where the vault says it, if it is in another file; the line is then that of the other file.
    var found: String?

    init(_ file: String, _ old: String, _ new: String, _ message: String, found: String? = nil) {
        (self.file, self.old, self.new, self.message, self.found) = (file, old, new, message, found)
    }

    var testDescription: String { "\(file): \(new.debugDescription)" }

    static let refused = schema + roles + purposes + retention + alerts + codeFrame + principals + cases + sources
    static let warned = schemaWarnings + roleWarnings + retentionWarnings + alertWarnings + codeFrameWarnings + principalWarnings
}

@Suite("Slips in policy files")
struct PolicySlipTests {
    @Test("one slip gives one error, which names the file, the line and what is meant", arguments: Slip.refused)
    func refused(_ slip: Slip) throws {
        let (folder, line) = try edited(slip.file, slip.old, slip.new)
        defer { try? FileManager.default.removeItem(at: folder) }
        let problems = try checked(folder.path).problems
        #expect(problems.count == 1, "\(problems)")
        let problem = try #require(problems.first)
        #expect(problem.message.contains(slip.message), "\(problem)")
        #expect(problem.file.hasSuffix("/" + (slip.found ?? slip.file)), "\(problem)")
        #expect(slip.found == nil ? problem.line == line : problem.line > 0, "\(problem) is on line \(line)")
    }

    @Test("what cannot be meant, but harms nobody, is warned of on its line", arguments: Slip.warned)
    func warned(_ slip: Slip) throws {
        let (folder, line) = try edited(slip.file, slip.old, slip.new)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (problems, warnings) = try checked(folder.path)
        #expect(problems.isEmpty, "\(problems)")
        #expect(warnings.count == 1 && warnings.first?.message.contains(slip.message) == true && warnings.first?.line == line, "\(warnings) is on line \(line)")
    }

    @Test("each file has twenty slips or more")
    func enough() {
        for (file, slips) in Dictionary(grouping: Slip.refused, by: \.file) { #expect(slips.count >= 20, "\(file)") }
        #expect(Set(Slip.refused.map(\.file)).count == 9)
        let edits = (Slip.refused + Slip.warned).map { [$0.file, $0.old, $0.new] }
        #expect(Set(edits).count == edits.count)
    }

    /// What `vocvault policy check` finds in a folder, apart from the query language and the detector's types.
    private func checked(_ folder: String) throws -> (problems: [PolicyError.Problem], warnings: [PolicyError.Problem]) {
        var problems: [PolicyError.Problem] = []
        func value<T>(_ body: () throws -> T) throws -> T? {
            do { return try body() } catch let error as PolicyError {
                problems += error.problems
                return nil
            }
        }
        let frame = try value { try CodeFrameFile.load(folder + "/codeframe.yaml") }
        let policy = try value { try PolicySet.load(from: folder) }
        if let policy { try value { try PolicyCase.requireKnownNames(PolicyCase.load(from: folder), in: policy) } }
        return (problems, (policy?.warnings ?? []) + (frame?.warnings ?? []))
    }
}
