import Foundation
import TestVaults
import Testing

/// docs/FORMATS.md, its vectors, and the reader in Python that was written from it.
@Suite("Formats as they are described")
struct VectorTests {
    @Test("the code gives what the vectors say, and opens what they have sealed", .onFiles)
    func vectors() throws {
        if ProcessInfo.processInfo.environment["VOC_WRITE_VECTORS"] != nil {
            try Vectors.json(bodies: nil).write(to: Vectors.file, atomically: true, encoding: .utf8)
        }
        let text = try String(contentsOf: Vectors.file, encoding: .utf8)
        let file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [Vectors.Vector]])
        let bodies = try #require(file["body"])
        #expect(bodies.count == 2)
        for body in bodies { #expect(try Vectors.opens(body)) }
        #expect(try Vectors.json(bodies: bodies) == text)
    }

    /// Its own tests change bytes of vectors and golden vaults, and expect each to be named.
    @Test("the reader that was written from docs/FORMATS.md reads every vector and golden vault, and sees every change", .onFiles)
    func reader() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = Vectors.file.deletingLastPathComponent().appendingPathComponent("reader")
        process.arguments = ["python3", "-m", "unittest"]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.contains("\nOK\n") && !said.contains("Ran 0 tests"), "\(said)")
    }
}
