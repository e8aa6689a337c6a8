import Foundation
import Store
import Wire

/// A folder that takes the newest copy of a key store, and no older one: that would hold the keys of customers who were
/// erased since.
struct KeyFolder {
    let path: String

    init(_ path: String) { self.path = path }

    var copy: String { "\(path)/\(VaultStore.keyFile)" }

    /// A path for a copy that is being made.
    func temporary() -> String { "\(path)/.\(VaultStore.keyFile)-\(Token.requestID())" }

    /// Puts a copy in the place of the former one, durably.
    func put(_ temporary: String) throws {
        try DurableFile.flush(temporary)
        var batch = FileBatch()
        try batch.rename(temporary, to: copy)
        try batch.flush()
    }

    /// Copies that a process has left which was killed.
    func leftovers() -> [String] {
        let names = (try? FileReading.names(in: path)) ?? []
        return names.filter { $0.hasPrefix(".\(VaultStore.keyFile)-") }.sorted().map { "\(path)/\($0)" }
    }
}
