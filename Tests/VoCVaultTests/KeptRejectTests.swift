import Foundation
import TestVaults
import Testing

@testable import VoCVault

@Suite("Rejected records are kept to be mended")
struct KeptRejectTests {
    private let vault: TestVault

    init() throws { vault = try TestVault() }

    /// What a run keeps: the file that `--keep-rejected` writes.
    private func kept(_ text: String, _ options: InputOptions = InputOptions(), blockSize: Int = 7, in other: TestVault? = nil) throws -> (text: String, report: IngestReport) {
        var options = options
        options.keepsRejected = true
        var rest = Array(text.utf8)[...]
        let input = InputSource {
            defer { rest = rest.dropFirst(blockSize) }
            return rest.prefix(blockSize)
        }
        var output: [UInt8] = []
        let report = try (other ?? vault).session("ingest").ingest(input, options, source: "s") { batch in
            for reject in batch.rejects {
                let lines = try #require(reject.kept)
                if output.isEmpty { output += lines.heading }
                output += lines.content ?? []
            }
        }
        return (String(decoding: output, as: UTF8.self), report)
    }

    private let header = "id,occurred_at,channel,text\n"

    @Test("a table's records come under its headings as they were, with their lines and quotes", arguments: [1, 5, 4096])
    func table(blockSize: Int) throws {
        let bad = ["2,yesterday,app,\"two\nlines\"\n", "3,2026-03-04,app\n"]
        let text = header + "1,2026-03-04,app,good\n" + bad[0] + "4,2026-03-04,app,good\n" + bad[1]
        let (kept, report) = try kept(text, blockSize: blockSize)
        #expect(kept == header + bad.joined() && report.stored == 2 && report.rejected == 2)
        let mended = kept.replacing("yesterday", with: "2026-03-03").replacing("3,2026-03-04,app\n", with: "3,2026-03-04,app,three\n")
        let again = try self.kept(mended)
        #expect(again.text.isEmpty && again.report.stored == 2)
    }

    @Test("a record whose quotes went wrong is kept with all the lines that count as part of it", arguments: [1, 9, 4096])
    func quotes(blockSize: Int) throws {
        let broken = "2,2026-03-04,app,\"un\"closed\nrest of it\n"
        let (kept, report) = try kept(header + broken + "3,2026-03-04,app,good\n", blockSize: blockSize)
        #expect(kept == header + broken && report.stored == 1 && report.rejected == 1)
        let open = "4,2026-03-04,app,\"never closed\n"
        let (end, last) = try self.kept(header + "5,2026-03-04,app,good\n" + open, blockSize: blockSize)
        #expect(end == header + open && last.rejected == 1, "\(end)")
    }

    @Test("headings of several rows, other delimiters and encodings are kept as text that is read the same")
    func sources() throws {
        let text =
            "ResponseId,RecordedDate,Q1\nResponse ID,Recorded Date,What would you like to tell us?\n\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"recordedDate\"\"}\",\"{\"\"ImportId\"\":\"\"QID1_TEXT\"\"}\"\nR_1,soon,late\nR_2,2026-03-04 10:00:00,good\n"
        var options = InputOptions()
        options.preset = "qualtrics"
        let vault = try TestVault(sources: true)
        let (kept, report) = try kept(text, options, in: vault)
        #expect(report.rejected == 1 && report.stored == 1 && kept == text.replacing("R_2,2026-03-04 10:00:00,good\n", with: ""), "\(kept)")
        #expect(try self.kept(kept.replacing("soon", with: "2026-03-04 11:00:00"), options, in: vault).report.stored == 1)
    }

    @Test("JSON lines and items of a list are lines")
    func objects() throws {
        let bad = #"{"id":"2","occurred_at":"never","channel":"app"}"#
        #expect(try self.kept(line(id: "1") + "\n" + bad + "\n").text == bad + "\n")
        let list = "[\(line(id: "3")),\n \(bad)]"
        let (kept, report) = try kept(list)
        #expect(kept == bad + "\n" && report.stored == 1)
        #expect(try self.kept(kept.replacing("never", with: "2026-03-04")).report.stored == 1)
    }
}
