import Foundation
import Testing

@testable import Formats

/// Reads an input to its end, in blocks of a size.
func blocks(_ bytes: [UInt8], of size: Int = 1 << 20) -> Blocks {
    var rest = bytes[...]
    return {
        defer { rest = rest.dropFirst(size) }
        return rest.isEmpty ? nil : rest.prefix(size)
    }
}

func all(_ next: Blocks) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let block = try next(), !block.isEmpty { bytes += block }
    return bytes
}

/// Runs a program of the system on bytes.
func piped(_ program: [String], _ input: [UInt8]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = program
    let (source, target) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (source, target)
    try process.run()
    Thread.detachNewThread {
        source.fileHandleForWriting.write(Data(input))
        try? source.fileHandleForWriting.close()
    }
    let output = target.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return Array(output)
}

/// A ZIP of some files, as Python writes it.
func zip(_ files: KeyValuePairs<String, [UInt8]>) throws -> [UInt8] {
    let list = files.map { "\($0.key)\t\(Data($0.value).base64EncodedString())\n" }.joined()
    let program = """
        import sys,zipfile,io,base64
        out=io.BytesIO()
        with zipfile.ZipFile(out,'w',zipfile.ZIP_DEFLATED) as z:
            for line in sys.stdin.read().splitlines():
                name,data=line.split('\\t')
                z.writestr(name,base64.b64decode(data))
        sys.stdout.buffer.write(out.getvalue())
        """
    return try piped(["python3", "-c", program], Array(list.utf8))
}

@Suite("Packed input")
struct PackedTests {
    private let text = Array((0..<20_000).map { "{\"id\":\"\($0)\",\"text\":\"空调坏了 \($0 &* 2_654_435_761 % 1009)\"}\n" }.joined().utf8)

    @Test("gzip, several parts of it, and a ZIP with one file beside what macOS adds", arguments: [1 << 20, 1000, 1])
    func unpacks(size: Int) throws {
        let text = size == 1 ? Array(text.prefix(3000)) : text
        let packed = try piped(["gzip", "-c"], text)
        let inputs = [text, packed, try zip(["__MACOSX/._a.csv": [1, 2], "folder/a.csv": text, ".DS_Store": [3]]), try zip(["a.jsonl.gz": packed])]
        for input in inputs { #expect(try all(Unpacking.open(blocks(input, of: size)).blocks.next) == text) }
        #expect(try all(Unpacking.open(blocks(packed + packed, of: size)).blocks.next) == text + text)
    }

    @Test("what is cut off is an error, not the end")
    func cut() throws {
        let packed = try piped(["gzip", "-c"], text)
        #expect(throws: FormatError.damaged("the gzip file")) { try all(Unpacking.open(blocks(Array(packed.dropLast(100)))).blocks.next) }
        // So short that libarchive does not even begin.
        for length in 2...40 { #expect(throws: FormatError.self, "\(length)") { try all(Unpacking.open(blocks(Array(packed.prefix(length)))).blocks.next) } }
        let zipped = try zip(["a.csv": text])
        #expect(throws: FormatError.damaged("the ZIP")) { try all(Unpacking.open(blocks(Array(zipped.prefix(zipped.count / 2)))).blocks.next) }
    }

    @Test("several files, none, a password, or a bomb are refused")
    func refused() throws {
        #expect(throws: FormatError.files(2)) { try all(Unpacking.open(blocks(zip(["a.csv": text, "b.csv": text]))).blocks.next) }
        #expect(throws: FormatError.files(0)) { try all(Unpacking.open(blocks(zip([:]))).blocks.next) }
        let zeros = try piped(["gzip", "-c"], [UInt8](repeating: 0x20, count: 80 << 20))
        #expect(throws: FormatError.tooLarge("the input is more than 400 times as large as it is packed")) { try all(Unpacking.open(blocks(zeros)).blocks.next) }
        var limits = Unpacking.Limits()
        limits.size = 1 << 20
        #expect(throws: FormatError.tooLarge("the input has more than 0 GiB when unpacked")) {
            try all(Unpacking.open(blocks(piped(["gzip", "-c"], text + text)), limits: limits).blocks.next)
        }
        var deep = text
        for _ in 0..<3 { deep = try piped(["gzip", "-c"], deep) }
        #expect(throws: FormatError.tooLarge("the input is packed more than 2 times over")) { try all(Unpacking.open(blocks(deep)).blocks.next) }
    }
}
