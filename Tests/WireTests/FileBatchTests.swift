import Foundation
import Synchronization
import Testing
import Wire

@Suite("Durable replacement of files")
struct FileBatchTests {
    private let folder: String
    private var file: String { folder + "/keys" }
    private static let old = Array("old".utf8), new = Array("new content".utf8)

    init() throws {
        // Where a link in the path leads, so that what is called has the names that the tests know.
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("wire-\(UUID().uuidString)").resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func names() throws -> [String] { try FileReading.names(in: folder).sorted() }

    @Test("a file is written beside, flushed, renamed, and its folder flushed, in this order")
    func order() throws {
        try Data(Self.old).write(to: URL(fileURLWithPath: file))
        let recorded = RecordedCalls(in: folder)
        try DurableFile.replace(file, with: Self.new, by: recorded.calls)
        #expect(
            recorded.log == [
                "open .keys-new", "write 11", "flush", "close", "rename .keys-new keys", "open the folder", "flush", "close",
            ])
        #expect(try FileReading.bytes(of: file) == Self.new && names() == ["keys"])
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    }

    @Test("whatever fails, by a full disk or a broken one, the old file stays or the new one is whole, and no temporary is left", arguments: [ENOSPC, EIO])
    func failures(_ code: Int32) throws {
        for step in 1...8 {
            try Data(Self.old).write(to: URL(fileURLWithPath: file))
            let recorded = RecordedCalls(in: folder, failAt: step, code: code)
            let error = #expect(throws: FileFault.self) { try DurableFile.replace(file, with: Self.new, by: recorded.calls) }
            let isInPlace = step > 5
            #expect(try FileReading.bytes(of: file) == (isInPlace ? Self.new : Self.old), "step \(step): \(recorded.log)")
            #expect(try names() == ["keys"], "step \(step): \(recorded.log)")
            #expect(error == FileFault(file, isInPlace ? .flushFolder : .write, code))
            #expect(error?.description.contains(code == ENOSPC ? "the disk is full" : "the disk reports an error") == true)
        }
    }

    @Test("a file that does not exist yet appears whole or not at all, and one that does is never overwritten", arguments: [ENOSPC, EIO])
    func creation(_ code: Int32) throws {
        let recorded = RecordedCalls(in: folder)
        try DurableFile.create(file, with: Self.new, by: recorded.calls)
        #expect(
            recorded.log == [
                "open .keys-new", "write 11", "flush", "close", "link .keys-new keys", "unlink .keys-new", "open the folder", "flush", "close",
            ])
        #expect(throws: FileFault(file, .create, EEXIST)) { try DurableFile.create(file, with: Self.old) }
        #expect(try FileReading.bytes(of: file) == Self.new && names() == ["keys"])
        for step in 1...5 {
            try? FileManager.default.removeItem(atPath: file)
            let recorded = RecordedCalls(in: folder, failAt: step, code: code)
            #expect(throws: FileFault(file, .create, code)) { try DurableFile.create(file, with: Self.new, by: recorded.calls) }
            #expect(try names().isEmpty, "step \(step): \(recorded.log)")
        }
    }

    @Test("without links a file is made all the same, and still not overwritten")
    func creationWithoutLinks() throws {
        for isThere in [false, true] {
            let recorded = RecordedCalls(in: folder, failAt: 5, code: EPERM)
            if isThere {
                #expect(throws: FileFault(file, .create, EEXIST)) { try DurableFile.create(file, with: Self.old, by: recorded.calls) }
            } else {
                try DurableFile.create(file, with: Self.new, by: recorded.calls)
            }
            #expect(try FileReading.bytes(of: file) == Self.new && names() == ["keys"])
        }
    }

    @Test("what the system takes in pieces is written whole")
    func pieces() throws {
        let recorded = RecordedCalls(in: folder, mouthful: 4)
        try DurableFile.replace(file, with: Self.new, by: recorded.calls)
        #expect(recorded.log.filter { $0.hasPrefix("write") } == ["write 4", "write 4", "write 3"])
        #expect(try FileReading.bytes(of: file) == Self.new)
    }

    @Test("of many files each is flushed, and each folder once, after the last of them")
    func many() throws {
        let recorded = RecordedCalls(in: folder)
        var batch = FileBatch(recorded.calls)
        try batch.makeFolder(folder + "/a")
        for name in ["a/1", "a/2", "3"] { try batch.replace("\(folder)/\(name)", with: Self.new) }
        let before = recorded.log
        try batch.flush()
        #expect(before.count { $0 == "flush" } == 3 && !before.contains("open the folder"))
        #expect(Array(recorded.log.dropFirst(before.count)) == ["open the folder", "flush", "close", "open a", "flush", "close"])
        try batch.flush()
        #expect(recorded.log.count == before.count + 6)
    }

    @Test("a folder whose flush has failed is flushed again: nothing that is not durable passes for it")
    func unflushed() throws {
        let recorded = RecordedCalls(in: folder, failAt: 7, code: EIO)
        var batch = FileBatch(recorded.calls)
        try batch.replace(file, with: Self.new)
        #expect(throws: FileFault(file, .flushFolder, EIO)) { try batch.flush() }
        try batch.flush()
        #expect(Array(recorded.log.suffix(3)) == ["open the folder", "flush", "close"])
    }

    @Test("with a new folder those above it are flushed, too")
    func folders() throws {
        let recorded = RecordedCalls(in: folder)
        try DurableFile.makeFolder(folder + "/a/b", by: recorded.calls)
        #expect(recorded.log == ["mkdir a/b", "mkdir a", "mkdir a/b", "open the folder", "flush", "close", "open a", "flush", "close"])
        #expect(try FileManager.default.attributesOfItem(atPath: folder + "/a/b")[.posixPermissions] as? Int == 0o700)
        try DurableFile.makeFolder(folder + "/a/b")
        #expect(throws: FileFault(folder + "/a/b/c", .makeFolder, EIO)) {
            try DurableFile.makeFolder(folder + "/a/b/c", by: RecordedCalls(in: folder, failAt: 1, code: EIO).calls)
        }
    }

    @Test("a link stays a link, and leads to the new file")
    func links() throws {
        try Data(Self.old).write(to: URL(fileURLWithPath: folder + "/real"))
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: folder + "/real")
        try DurableFile.replace(file, with: Self.new)
        #expect(try FileReading.bytes(of: folder + "/real") == Self.new && names() == ["keys", "real"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == folder + "/real")
    }

    @Test("what cannot be read or written is named, with the reason")
    func messages() throws {
        #expect(throws: FileFault(folder + "/none", .read, ENOENT)) { try FileReading.bytes(of: folder + "/none") }
        #expect(throws: FileFault(folder + "/none", .list, ENOENT)) { try FileReading.names(in: folder + "/none") }
        #expect(FileFault("/a/b", .read, ENOENT).description == "/a/b cannot be read: it does not exist")
        #expect(FileFault("/a/b", .write, ENOENT).description == "/a/b cannot be written: its folder does not exist")
        #expect(throws: FileFault(folder, .read, EISDIR)) { try FileReading.bytes(of: folder) }
    }
}

@Suite("Locks on files")
struct FileLockTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("lock-\(UUID().uuidString)").path

    @Test("one alone, or any number that share it")
    func kinds() throws {
        var lock = try FileLock.attempt(path)
        #expect(lock != nil)
        #expect(try FileLock.attempt(path) == nil)
        #expect(try FileLock.attempt(path, .shared) == nil)
        lock = nil
        let (first, second) = (try FileLock.attempt(path, .shared), try FileLock.attempt(path, .shared))
        #expect(first != nil && second != nil)
        #expect(try FileLock.attempt(path) == nil)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test("whoever waited for the lock of a file that was replaced meanwhile gets that of the new one")
    func replaced() throws {
        var lock: FileLock? = try FileLock.wait(for: path)
        let waiting = Mutex<Result<FileLock, any Error>?>(nil)
        let hasEnded = DispatchSemaphore(value: 0)
        // A thread of its own: in a task, it would take one of the few that the tests share.
        Thread.detachNewThread { [path] in
            let lock = Result { try FileLock.wait(for: path) }
            waiting.withLock { $0 = lock }
            hasEnded.signal()
        }
        // Who has opened the file that is there now, whether it waits already or is about to, has the lock of that file before it.
        let name = URL(fileURLWithPath: path).lastPathComponent
        func isOpenTwice() throws -> Bool {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasSuffix(name) == true
            } == 2
        }
        let limit = ContinuousClock.now + .seconds(600)
        while try !isOpenTwice(), ContinuousClock.now < limit { usleep(1000) }
        try #require(try isOpenTwice())
        try DurableFile.replace(path, with: [1])
        lock = nil
        hasEnded.wait()
        let second = try waiting.withLock { $0! }.get()
        #expect(try FileLock.attempt(path) == nil)
        withExtendedLifetime(second) {}
        _ = lock
        try FileManager.default.removeItem(atPath: path)
    }
}
