import Foundation
import Store
import Wire

/// A folder for the newest copy of a key store. An older copy would contain the keys of customers who have been erased since.
struct KeyFolder {
    let path: String

    init(_ path: String) { self.path = path }

    var copy: String { "\(path)/\(VaultStore.keyFile)" }

    /// A folder for a copy that is being made.
    func temporary() -> String { "\(path)/.\(VaultStore.keyFile)-\(Token.requestID())" }

    /// Replaces the former copy, durably.
    func put(_ temporary: String) throws {
        try DurableFile.flush(temporary)
        var batch = FileBatch()
        try batch.rename(temporary, to: copy)
        try batch.flush()
    }

    /// Unfinished copies that a killed process left.
    func leftovers() -> [String] {
        let names = (try? FileReading.names(in: path)) ?? []
        return names.filter { $0.hasPrefix(".\(VaultStore.keyFile)-") }.sorted().map { "\(path)/\($0)" }
    }
}
