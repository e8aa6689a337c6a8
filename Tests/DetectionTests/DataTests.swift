import Detection
import Foundation
import Sealing
import Testing
import Wire

@Suite("The data of detection")
struct DataTests {
    @Test("the program carries the files that were published with their hashes, and no others")
    func hashes() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources/CDetectionData/data")
        let lines = try String(contentsOf: folder.appendingPathComponent("SHA256SUMS"), encoding: .utf8).split(separator: "\n")
        let published = Dictionary(uniqueKeysWithValues: lines.map { line in (String(line.dropFirst(66)), String(line.prefix(64))) })
        #expect(DetectionData.files.mapValues { SHA256.hash($0).hexadecimal } == published)
    }
}
