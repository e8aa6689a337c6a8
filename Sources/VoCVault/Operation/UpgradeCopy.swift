import Foundation
import Store
import StoreMove
import Wire

/// The files of a vault and its published log, as they were before an upgrade, in a folder of its home.
///
/// With the key store it contains the keys of everybody who is erased from then on, so it should be deleted soon; `doctor` says
/// so.
struct UpgradeCopy {
    private static let published = "audit"
    let path: String
    private let home: String

    init(home: String) { (self.home, path) = (home, "\(home)/before-format-\(VaultStore.format)") }

    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// Copies the files, replacing an earlier copy. The folder gets its name once it is complete and durable.
    func make(of store: VaultStore) throws {
        for left in leftovers { try FileManager.default.removeItem(atPath: left) }
        let folder = "\(prefix)\(Token.requestID())"
        try DurableFile.makeFolder(folder)
        do {
            try store.copyData(to: "\(folder)/\(VaultStore.dataFile)")
            try store.copyKeys(to: "\(folder)/\(VaultStore.keyFile)")
            let published = "\(home)/\(Self.published)"
            if FileManager.default.fileExists(atPath: published) { try FileManager.default.copyItem(atPath: published, toPath: "\(folder)/\(Self.published)") }
            for file in try FileManager.default.subpathsOfDirectory(atPath: folder) { try DurableFile.flush("\(folder)/\(file)") }
            if isThere { try FileManager.default.removeItem(atPath: path) }
            var batch = FileBatch()
            try batch.rename(folder, to: path)
            try batch.flush()
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Every copy in a home, from any upgrade, including unfinished ones.
    static func all(in home: String) -> [String] {
        let names = (try? FileReading.names(in: home)) ?? []
        return names.filter { $0.hasPrefix("before-format-") || $0.hasPrefix(".before-format-") }.sorted().map { "\(home)/\($0)" }
    }

    private var prefix: String { "\(home)/.before-format-\(VaultStore.format)-" }
    private var leftovers: [String] { Self.all(in: home).filter { $0.hasPrefix(prefix) } }
}
