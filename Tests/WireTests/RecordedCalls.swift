import Synchronization
import Wire

/// The system's calls, written down in their order; one of them fails when told to.
final class RecordedCalls: Sendable {
    private struct State {
        var log: [String] = []
        var failAt: Int?
        var code: Int32 = 0
    }

    private let state = Mutex(State())
    private let folder: String
    /// Most bytes that one call writes.
    private let mouthful: Int

    init(in folder: String, failAt: Int? = nil, code: Int32 = 0, mouthful: Int = .max) {
        (self.folder, self.mouthful) = (folder, mouthful)
        state.withLock { ($0.failAt, $0.code) = (failAt, code) }
    }

    /// What was called, with the names of temporaries made plain.
    var log: [String] { state.withLock { $0.log } }

    private func note(_ call: String) throws(SystemCalls.Failure) {
        let plain = call.replacing(folder + "/", with: "").replacing(folder, with: "the folder").replacing(/-new-[a-z0-9]+/, with: "-new")
        let code: Int32? = state.withLock { state in
            state.log.append(plain)
            return state.log.count == state.failAt ? state.code : nil
        }
        if let code { throw SystemCalls.Failure(code) }
    }

    var calls: SystemCalls {
        let real = SystemCalls.system
        var calls = real
        calls.open = { path, flags, mode throws(SystemCalls.Failure) in
            try self.note("open \(path)")
            return try real.open(path, flags, mode)
        }
        calls.write = { file, bytes, start throws(SystemCalls.Failure) in
            let piece = Array(bytes[start...].prefix(self.mouthful))
            try self.note("write \(piece.count)")
            return try real.write(file, piece, 0)
        }
        calls.flush = { file throws(SystemCalls.Failure) in
            try self.note("flush")
            try real.flush(file)
        }
        calls.close = { file throws(SystemCalls.Failure) in
            // The descriptor is gone whatever it says.
            try real.close(file)
            try self.note("close")
        }
        calls.rename = { from, to throws(SystemCalls.Failure) in
            try self.note("rename \(from) \(to)")
            try real.rename(from, to)
        }
        calls.link = { from, to throws(SystemCalls.Failure) in
            try self.note("link \(from) \(to)")
            try real.link(from, to)
        }
        calls.unlink = { path throws(SystemCalls.Failure) in
            try self.note("unlink \(path)")
            try real.unlink(path)
        }
        calls.makeFolder = { path, mode throws(SystemCalls.Failure) in
            try self.note("mkdir \(path)")
            try real.makeFolder(path, mode)
        }
        return calls
    }
}
