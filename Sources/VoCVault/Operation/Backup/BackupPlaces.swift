import Foundation
import Wire

/// Where this vault was backed up to, in a file of its home. `doctor` looks there for what stopped backups left, and `backup
/// verify` finds the key store with it. Written before anything is stored there.
struct BackupPlaces: Codable {
    struct Place: Codable, Equatable {
        var folder: String
        var keystore: String
        /// The folder for temporary copies.
        var scratch: String?
        /// When the last backup into it began.
        var began: String
        /// The last snapshot that was completed there, and when.
        var snapshot: String?
        var finished: String?
    }

    private static let file = "backup.json"
    /// How many media may be used in turn.
    private static let limit = 16

    /// The last used one comes first.
    var backups: [Place]

    static func read(home: String) -> BackupPlaces {
        guard let bytes = try? FileReading.bytes(of: "\(home)/\(file)"), let places = try? JSONDecoder().decode(BackupPlaces.self, from: Data(bytes))
        else { return BackupPlaces(backups: []) }
        return places
    }

    /// Notes that a backup into these folders begins, or has completed a snapshot.
    static func note(_ folder: String, _ keystore: String, _ scratch: String?, snapshot: String? = nil, at time: String, home: String) throws {
        var places = read(home: home)
        let index = places.backups.firstIndex { $0.folder == folder && $0.keystore == keystore }
        var place = index.map { places.backups.remove(at: $0) } ?? Place(folder: folder, keystore: keystore, began: time)
        place.scratch = scratch
        if let snapshot { (place.snapshot, place.finished) = (snapshot, time) } else { place.began = time }
        places.backups = Array(([place] + places.backups).prefix(limit))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try DurableFile.replace("\(home)/\(file)", with: Array(try encoder.encode(places)) + [0x0A])
    }
}
