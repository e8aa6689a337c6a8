import Foundation
import Store
import StoreConformance
import StoreMove
import StorePostgres
import TestVaults
import Testing

/// The stores there are: files always, and databases of a server where the tests run beside one.
enum TestedStore: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case files = "in files"
    case server = "on a server"
    case keysApart = "on a server, with the keys in a database of their own"

    static var there: [TestedStore] { TestServer.isThere ? allCases : [.files] }

    var testDescription: String { rawValue }

    func withPlace<R>(_ body: (StorePlace) throws -> R) throws -> R {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        if self == .files { return try body(StorePlace(create: { try VaultStore.create(in: home, vaultID: 7, at: 1) }, open: { try VaultStore.open(in: home) })) }
        let (data, keyData) = (try TestServer.database(), try self == .keysApart ? TestServer.database() : nil)
        let keys = keyData.map { KeysPlace($0.vault, owner: $0.owner) }
        let place = StorePlace {
            try VaultStore.create(data.owner, role: data.vault.role, keys: keys, vaultID: 7, at: 1)
            try VaultStore.setAddress(data.vault, keys: keys?.address, in: home)
            return try VaultStore.open(in: home)
        } open: {
            try VaultStore.open(in: home)
        }
        return try body(place)
    }
}
