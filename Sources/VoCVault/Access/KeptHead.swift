import AuditLog
import Foundation
import Sealing
import Store
import Synchronization
import Wire

/// The last head of the log, kept in a file that the database's administrator cannot write: beside the key file, unless the
/// vault's ``Vault/Location`` names another folder.
///
/// A log that was rolled back, or forked by a standby that took over before it had everything, is consistent in itself, but does
/// not continue this head.
///
/// The head is written after each commit and before anybody is told of it, so that it is never ahead of what is durable, and
/// survives the end of the process and of the database. It is flushed within a second. If the vault's own host loses power as
/// well, the head may lag by that much, which is harmless: what lags is a beginning of the log. The file has two slots, which are
/// written one at a time; the other one is complete on disk.
final class KeptHead: Sendable {
    struct Record: Sendable, Equatable {
        var head: LogHead
        /// Grows each time the log is to continue from another head, after a restore or an officer's decision.
        var decisions: Int
    }

    private struct State {
        /// -1: there is none that can be written.
        var descriptor: Int32 = -1
        var slot = 0
        var isFlushDue = false
        /// Why the last head could not be written.
        var failure: FileFault?
    }

    let path: String
    /// Whether the file is in the vault's home, for lack of another place.
    let isAtHome: Bool
    private let state: Mutex<State>
    /// Room for a checkpoint with two signatures and the 63 hashes that a frontier can have.
    private static let slotSize = 4096
    private static let blank = UInt8(ascii: "\n")
    private static let pause = DispatchTimeInterval.seconds(1)

    /// - Parameter location: the vault's, which need not exist yet.
    init(_ location: Vault.Location) {
        let home = URL(fileURLWithPath: location.home).standardizedFileURL.path
        // By the home's path, so that several vaults can share a key file, and a restore be tried beside the vault itself.
        let number = SHA256.hash(Array(home.utf8)).prefix(4).hexadecimal
        let beside = "\(location.keys).head-\(number)"
        var state = State()
        func canOpen(_ path: String) -> Bool {
            do {
                (state.descriptor, state.failure) = (try Self.opened(path, ownedAs: location.keys), nil)
                return true
            } catch {
                state.failure = error
                return false
            }
        }
        if let folder = location.head {
            (path, isAtHome) = ("\(folder)/head-\(number)", false)
            _ = canOpen(path)
        } else if canOpen(beside) || FileManager.default.fileExists(atPath: beside) {
            (path, isAtHome) = (beside, false)
        } else {
            // Key files are often in folders that cannot be written.
            (path, isAtHome) = ("\(home)/head", true)
            _ = canOpen(path)
        }
        self.state = Mutex(state)
    }

    deinit {
        state.withLock { state in
            if state.isFlushDue { fdatasync(state.descriptor) }
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// Where what protects people is kept (``ProtectionJournal``).
    var journalPath: String {
        let file = URL(fileURLWithPath: path)
        let name = file.lastPathComponent
        let start = name.range(of: "head", options: .backwards)!
        return file.deletingLastPathComponent().appendingPathComponent(name.replacingCharacters(in: start, with: "protections")).path
    }

    /// Why heads cannot be kept; nil if they can.
    var failure: FileFault? { state.withLock { $0.failure } }

    // MARK: Reading

    /// The newest kept head; nil if there is none yet.
    ///
    /// - Throws: ``LogFork`` if the file contains something other than a head.
    func read() throws(LogFork) -> Record? {
        var attempts = 0
        while true {
            // Created, but not written to yet.
            guard let bytes = FileManager.default.contents(atPath: path), bytes.contains(where: { $0 != Self.blank }) else { return nil }
            let slots = stride(from: 0, to: bytes.count, by: Self.slotSize).map { Self.record(in: bytes[$0..<min($0 + Self.slotSize, bytes.count)]) }
            let newest = slots.enumerated().compactMap { slot, record in record.map { (slot, $0) } }
                .max { ($0.1.decisions, $0.1.head.size) < ($1.1.decisions, $1.1.head.size) }
            if let (slot, record) = newest {
                state.withLock { $0.slot = 1 - min(slot, 1) }
                return record
            }
            attempts += 1
            guard attempts < 20 else { throw LogFork(.damaged(path: path), kept: 0, found: 0) }
            // Others may be writing both slots at this moment.
            usleep(2000)
        }
    }

    private static func record(in slot: Data) -> Record? {
        let lines = String(decoding: slot, as: UTF8.self).components(separatedBy: "\ndecisions ")
        guard lines.count == 2, let head = LogHead(trusting: lines[0] + "\n") else { return nil }
        let rest = lines[1].split(separator: "\n", omittingEmptySubsequences: false)
        guard let decisions = Int(rest[0]), rest.count > 1 else { return nil }
        let record = Record(head: head, decisions: decisions)
        return rest[1] == sum(text(record)) ? record : nil
    }

    private static func text(_ record: Record) -> String { "\(record.head.text)decisions \(record.decisions)\n" }

    /// Recognises a slot that was written completely.
    private static func sum(_ text: String) -> String { "sum \(Data(SHA256.hash(Array(text.utf8))).base64EncodedString())" }

    // MARK: Writing

    /// Keeps a head that is durable in the database. If that fails, ``failure`` says why.
    func write(_ record: Record) {
        let text = Self.text(record)
        let bytes = Array(text.utf8) + Array(Self.sum(text).utf8)
        // Padding as bytes: as a string it would cost more than the request itself.
        let slot = bytes + repeatElement(Self.blank, count: Self.slotSize - bytes.count)
        let mustPlan = state.withLock { state in
            guard state.descriptor >= 0 else { return false }
            guard pwrite(state.descriptor, slot, slot.count, off_t(state.slot * Self.slotSize)) == slot.count else {
                state.failure = FileFault(path, .write, errno)
                return false
            }
            state.failure = nil
            defer { state.isFlushDue = true }
            return !state.isFlushDue
        }
        if mustPlan { DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.pause) { [weak self] in self?.flush() } }
    }

    /// Keeps a head in both slots, replacing everything that was kept; on disk when this returns.
    ///
    /// - Throws: ``VaultError/keys(_:)`` if that fails.
    func replace(with record: Record) throws {
        for _ in 0..<2 {
            write(record)
            flush()
        }
        if let failure { throw VaultError.keys("the head of the audit log cannot be kept: \(failure)") }
    }

    /// Keeps a head of another history: every process that uses this file continues from there.
    func decide(for head: LogHead, at now: Int64) throws {
        let before = ((try? read()) ?? nil)?.decisions ?? 0
        // If the number of the last decision cannot be read, the time is greater.
        try replace(with: Record(head: head, decisions: max(before + 1, Int(now / 1000))))
    }

    private func flush() {
        let descriptor = state.withLock { state in
            state.isFlushDue = false
            // Whatever is written meanwhile goes to the other slot.
            state.slot = 1 - state.slot
            return state.descriptor
        }
        if descriptor >= 0 { fdatasync(descriptor) }
    }

    /// Opens the file for writing. Creates it in its full size if it is missing, so that heads can be kept even on a disk that
    /// fills up later.
    private static func opened(_ path: String, ownedAs model: String) throws(FileFault) -> Int32 {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW
        let present = open(path, flags)
        if present >= 0 {
            // Left by processes that ended while they created it.
            for left in FileBatch.leftovers(of: path) { unlink(left) }
            return present
        }
        guard errno == ENOENT else { throw FileFault(path, .write, errno) }
        do {
            try DurableFile.create(path, with: Array(repeating: blank, count: 2 * slotSize))
        } catch where error.code == EEXIST || error.code == ENOENT {
            // Another process has created it and removed this one's.
        }
        let made = open(path, flags)
        guard made >= 0 else { throw FileFault(path, .write, errno) }
        // If root creates it, the service must still be able to write it.
        var owner = stat()
        if geteuid() == 0, stat(model, &owner) == 0 { fchown(made, owner.st_uid, owner.st_gid) }
        return made
    }
}
