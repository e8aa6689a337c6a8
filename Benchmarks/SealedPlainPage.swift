import Foundation
import GRDB
import Sealing

/// The baseline of a page whose texts are sealed: a plain `SELECT`, and then OpenSSL's decryptions of as many customers'
/// keys and texts of the same sizes as the vault opens, with nothing else done about them.
final class SealedPlainPage {
    private let queue: DatabaseQueue
    private let wrapper: KeyWrapper
    private let cipher: FieldCipher
    /// As long as what the vault binds keys and values to.
    private let place = [UInt8](repeating: 1, count: 70)

    /// - Parameter plain: where the rows are copied from, which is not measured.
    init(folder: URL, copying plain: PlainStore) throws {
        wrapper = try KeyWrapper(wrappingKey: .random(count: 32))
        cipher = try FieldCipher()
        queue = try DatabaseQueue(path: folder.appendingPathComponent("sealed-\(UUID().uuidString).db").path)
        let (rows, place) = (try plain.rows(), place)
        try queue.write { db in
            try db.execute(sql: """
                CREATE TABLE sealed (id INTEGER PRIMARY KEY, channel TEXT, occurred_at TEXT, key BLOB, text BLOB, product TEXT, rating INTEGER);
                CREATE INDEX sealed_occurred ON sealed (occurred_at);
                """)
            for row in rows {
                let key = try SecretBytes.random(count: 32)
                try cipher.load(key)
                var text: [UInt8] = []
                let plaintext = Array((row["text"] as String).utf8)
                try cipher.seal(plaintext.span, aad: place.span, to: &text)
                try db.execute(
                    sql: "INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [row["id"], row["channel"], row["occurred_at"], Data(wrapper.wrap(key, context: place)), Data(text), row["product"], row["rating"]])
            }
        }
    }

    func page(_ count: Int) throws {
        let rows = try queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, channel, occurred_at, key, text, product, rating FROM sealed ORDER BY occurred_at DESC, id DESC LIMIT ?",
                arguments: [count])
        }
        let place = place
        let texts: [String] = try rows.map { row in
            let (key, text) = ([UInt8](row["key"] as Data), [UInt8](row["text"] as Data))
            try cipher.load(unwrapping: key.span, with: wrapper, context: place.span)
            return try cipher.open(text.span, aad: place.span).withBytes { bytes in
                bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            }
        }
        precondition(texts.count == count)
    }
}
