import Detection
import Foundation
import Sealing
import Synchronization
import SyntheticFeed
import VoCVault

/// What is measured beside ingest, pages and figures.
struct OperationBench {
    let vault: BenchVault
    let plain: PlainStore
    let rounds: Int

    func search() throws -> Pairs {
        try compare(rounds, { try vault.search("unbearable") }, { try plain.search("unbearable") })
    }

    /// Records that come one by one, each acknowledged when it is durable.
    func store() throws -> Pairs {
        var feed = Feed(seed: 11, count: rounds + 1)
        let records = (0...rounds).map { _ in feed.next() }
        var (mine, theirs) = (records.makeIterator(), records.makeIterator())
        func plainly() throws {
            let record = theirs.next()!
            try plain.store(record.json, id: record.id)
        }
        return try compare(rounds, { try vault.store(mine.next()!.json) }, plainly)
    }

    /// Of customers by their phones, each another one.
    ///
    /// - Parameter isNoted: whether the baseline keeps an access log.
    func lookup(isNoted: Bool = false) throws -> Pairs {
        let phones = try plain.phones(rounds + 1)
        var (mine, theirs) = (phones.makeIterator(), phones.makeIterator())
        func plainly() throws { try plain.lookup(theirs.next()!) }
        return try compare(rounds, { try vault.lookup(mine.next()!) }, { try isNoted ? plain.noting("lookup", plainly) : plainly() })
    }

    /// Seconds a reveal while so many agents reveal at once, so that their audit entries share a flush; and a read by
    /// primary key while as many read.
    func reveals(atOnce count: Int) throws -> Pairs {
        try vault.chooseRecord()
        let (mine, theirs) = (vault, plain)
        return try crowds(of: count, "agent", { try mine.reveal(as: $0) }, { try theirs.readOne() })
    }

    /// The same of look-ups.
    func lookups(atOnce count: Int) throws -> Pairs {
        let (mine, theirs, phone) = (vault, plain, try plain.phones(100).last!)
        return try crowds(of: count, "compliance", { try mine.lookup(phone, as: $0) }, { try theirs.lookup(phone) })
    }

    /// Several crowds, each of new people of a role, whose quotas are whole.
    private func crowds(of count: Int, _ role: String, _ vault: @escaping (Session) throws -> Void, _ plain: @escaping () throws -> Void) throws -> Pairs {
        var pairs = Pairs()
        for _ in 0..<7 {
            let people = try self.vault.staff(count, role)
            pairs.vault.append(try each(count, 40) { try vault(people[$0]) })
            pairs.baseline.append(try each(count, 80) { _ in try plain() })
        }
        return pairs
    }

    /// Seconds of each of `calls` calls by each of `count` at once.
    private func each(_ count: Int, _ calls: Int, _ body: @escaping (Int) throws -> Void) throws -> Double {
        try seconds { try atOnce(count) { index in for _ in 0..<calls { try body(index) } } } / Double(count * calls)
    }

    /// Runs `body` on threads of their own, since each waits for the disk.
    private func atOnce(_ count: Int, _ body: @escaping (Int) throws -> Void) throws {
        let failures = Mutex<[any Error]>([])
        let done = DispatchSemaphore(value: 0)
        // The caller waits for all of them, so that what they use outlives them.
        nonisolated(unsafe) let body = body
        for index in 0..<count {
            Thread.detachNewThread {
                do { try body(index) } catch { failures.withLock { $0.append(error) } }
                done.signal()
            }
        }
        for _ in 0..<count { done.wait() }
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }

    /// Seconds that the disk takes to make 16 KiB durable in a file whose length stays.
    static func flush(in folder: URL) throws -> Double {
        let descriptor = open(folder.appendingPathComponent("flushed").path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(count: 1 << 20))
        try file.synchronize()
        return try median(51) {
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data(count: 16 << 10))
            guard fdatasync(file.fileDescriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    /// Of customers, one after another: rows, index and key, and the logs emptied.
    func erase() throws -> Pairs {
        let phones = try plain.phones(rounds + 1)
        var (mine, theirs) = (phones.makeIterator(), phones.makeIterator())
        return try compare(rounds, { try vault.erase(mine.next()!) }, { try plain.erase(theirs.next()!) })
    }

    /// Megabytes of text that one thread detects and redacts a second.
    static func detection(_ feed: FeedFile) throws -> Double {
        let texts = try feed.texts(20_000)
        let detector = Detector()
        var sink = 0
        let time = median(3) { for text in texts { sink += detector.redact(text).utf8.count } }
        precondition(sink > 0)
        return Double(texts.reduce(0) { $0 + $1.utf8.count }) / time / 1e6
    }

    /// Megabytes that one thread seals a second, in values of so many bytes; and what `openssl speed` encrypts.
    static func sealing(bytes: Int) throws -> (vault: Double, openssl: Double) {
        let cipher = try FieldCipher()
        try cipher.load(.random(count: 32))
        let (value, place) = ([UInt8](repeating: 7, count: bytes), [UInt8](repeating: 1, count: 70))
        var output: [UInt8] = []
        output.reserveCapacity(2 * bytes)
        let count = 200_000
        let time = try median(5) {
            for _ in 0..<count {
                output.removeAll(keepingCapacity: true)
                try cipher.seal(value.span, aad: place.span, to: &output)
            }
        }
        let speed = try run("openssl", ["speed", "-evp", "aes-256-gcm", "-bytes", String(bytes), "-seconds", "2"])
        // The last line: AES-256-GCM     1234.56k
        let figure = speed.split(separator: "\n").last { $0.hasPrefix("AES-256-GCM") }?.split(separator: " ").last?.dropLast()
        return (Double(count * bytes) / time / 1e6, (figure.flatMap { Double($0) } ?? .nan) / 1e3)
    }

    private static func median(_ rounds: Int, _ body: () throws -> Void) rethrows -> Double {
        try (0..<rounds).map { _ in try seconds(body) }.sorted()[rounds / 2]
    }
}

/// Runs a program that must succeed; returns what it prints.
func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let given = Pipe()
    process.standardInput = given
    try process.run()
    if let input { try given.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try given.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "\(program) failed")
    return text
}
