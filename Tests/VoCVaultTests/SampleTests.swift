import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

/// Files in the layout that each tool exports, with invented data, and what must become of them (`Samples/expected.json`).
@Suite("Files of other tools")
struct SampleTests {
    private struct Expected: Decodable {
        var preset: String
        var records: [[String: Value]]

        enum Value: Decodable {
            case text(String)
            case members([String: String])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) { self = .text(text) } else { self = .members(try container.decode([String: String].self)) }
            }
        }
    }

    private static let folder = Bundle.module.url(forResource: "Samples", withExtension: nil)!
    private static let expected: [String: Expected] = {
        try! JSONDecoder().decode([String: Expected].self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    }()
    static let names: [String] = expected.keys.sorted()

    private func handle(_ name: String) throws -> FileHandle { try #require(FileHandle(forReadingAtPath: Self.folder.appendingPathComponent(name).path)) }

    /// What would be stored of a file.
    private func records(_ name: String, _ vault: TestVault, _ options: InputOptions = InputOptions()) throws -> (records: [[String: String]], rejects: [Reject], reading: String) {
        let preparer = BatchPreparer(vault: vault.vault, options: options, source: "sample", batchSize: 100, input: InputSource(try handle(name)))
        let batch = try #require(try preparer.next())
        return (batch.records.map { values(of: $0, in: batch, vault.vault) }, batch.rejects, batch.reading)
    }

    private func values(of record: PreparedRecord, in batch: PreparedBatch, _ vault: Vault) -> [String: String] {
        func sealed(_ compartment: Compartment, _ name: String) -> String? {
            let plaintext = batch.plaintexts[record.part].bytes
            let place = record.compartments[compartment]
            return Fields.place(of: name, in: plaintext.span.extracting(place)).map {
                String(decoding: plaintext[place.lowerBound + $0.lowerBound..<place.lowerBound + $0.upperBound], as: UTF8.self)
            }
        }
        var found = ["occurred_at": "\(Timestamp(milliseconds: record.occurredAt))", "channel": record.channel]
        for (column, value) in zip(vault.layout.columns, record.attributes) {
            switch value {
            case .text(let text): found[vault.layout.fields[column.field].name] = text
            case .integer(let number): found[vault.layout.fields[column.field].name] = String(number)
            default: break
            }
        }
        for field in vault.layout.fields where field.isSealed {
            if let value = batch.value(of: field, in: record) { found[field.name] = String(decoding: value, as: UTF8.self) }
        }
        let plaintext = batch.plaintexts[record.part].bytes
        found["id"] = Fields.place(of: BuiltinField.source_id.rawValue, in: plaintext.span.extracting(record.compartments[.direct])).map {
            let start = record.compartments[.direct].lowerBound
            return String(decoding: plaintext[start + $0.lowerBound..<start + $0.upperBound], as: UTF8.self)
        }
        found["text"] = sealed(.text, Compartment.text.rawValue)
        found["unclassified"] = sealed(.unclassified, Compartment.unclassified.rawValue)
        return found
    }

    @Test("each loads with one command: the preset is told by the file, and every value is right", arguments: names)
    func loads(name: String) throws {
        let vault = try TestVault(sources: true)
        let expected = try #require(Self.expected[name])
        let (records, rejects, reading) = try records(name, vault)
        #expect(rejects.isEmpty && records.count == expected.records.count, "\(rejects)")
        #expect(reading.hasSuffix("preset \(expected.preset)"), "\(reading)")
        for (record, wanted) in zip(records, expected.records) {
            for (field, value) in wanted {
                switch value {
                case .text(let text): #expect(record[field] == text, "\(field)")
                case .members(let members):
                    let kept = try JSONDecoder().decode([String: String].self, from: Data((record["unclassified"] ?? "{}").utf8))
                    for (path, text) in members { #expect(kept[path] == text, "\(path)") }
                }
            }
            // What the file has no value for is not made up.
            for field in ["text", "phone", "email", "name", "rating", "nps"] where wanted[field] == nil { #expect(record[field] == nil, "\(field)") }
            #expect(record["id"]?.isEmpty == false)
        }
        // The preset by its name does the same, and what is read is stored.
        var options = InputOptions()
        options.preset = expected.preset
        #expect(try self.records(name, vault, options).records == records)
        let report = try vault.session("ingest").ingest(handle(name), InputOptions(), source: "sample", onReject: { _ in }, progress: { _ in })
        #expect(report.stored == expected.records.count)
        #expect(try vault.session("ingest").ingest(handle(name), InputOptions(), source: "sample", onReject: { _ in }, progress: { _ in }).duplicates == report.stored)
    }

    @Test("every preset has a sample, and no file of one is taken for another's")
    func complete() throws {
        let presets = try TestVault(sources: true).vault.policy.presets.map(\.preset)
        #expect(Set(Self.expected.values.map(\.preset)) == Set(presets))
    }

    @Test("what is packed, in another encoding, or comes byte by byte is read the same", arguments: ["taobao.csv", "google-play.csv", "intercom.json", "fxiaoke.xlsx"])
    func sameBytes(name: String) throws {
        let vault = try TestVault(sources: true)
        let whole = try records(name, vault).records
        var bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent(name)))[...]
        let preparer = BatchPreparer(
            vault: vault.vault, options: InputOptions(), source: "sample", batchSize: 100,
            input: InputSource {
                defer { bytes = bytes.dropFirst() }
                return bytes.prefix(1)
            })
        let batch = try #require(try preparer.next())
        #expect(batch.records.map { values(of: $0, in: batch, vault.vault) } == whole)
    }
}
