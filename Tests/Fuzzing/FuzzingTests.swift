import Foundation
import Testing

/// A sample of `make fuzz`: every parser with its seeds and with changes of them that come from a fixed seed. What fails is a crash, as
/// each target checks what must hold with `precondition`.
struct FuzzingTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// Inputs made of each seed: fewer where one takes milliseconds.
    private static let rounds = ["policy": 4, "csv-record": 60, "detection": 60, "intake": 20, "form": 40]

    @Test("no parser crashes on changed seeds", arguments: Targets.all.keys.sorted())
    func sample(_ name: String) throws {
        setenv("POLICIES", Self.repository.appendingPathComponent("policies").path, 1)
        let make = try #require(Targets.all[name])
        let target = try make()
        let folder = Self.repository.appendingPathComponent("Tests/Fuzzing/seeds/\(name)")
        let seeds = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { try [UInt8](Data(contentsOf: folder.appendingPathComponent($0))) }
        #expect(!seeds.isEmpty)
        var mutator = Mutator(seeds)
        for seed in seeds {
            target(seed)
            for _ in 0..<Self.rounds[name, default: 200] { target(mutator.changed(seed)) }
        }
    }
}

/// Changes inputs as libFuzzer does: bytes are flipped, removed, repeated and inserted, and parts come from other seeds.
private struct Mutator {
    /// What parsers stumble over: ends, quotes, signs, the first and last code points of each length.
    private static let words: [[UInt8]] =
        [
            [0], [0xFF], [0x22], [0x27], [0x5C], [0x0A], [0x0D], [0x2C], [0x7B], [0x7D], [0x5B], [0x5D], [0x3A], [0x2D], [0xC0, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
        ]
        + ["\u{FEFF}", "9223372036854775808", "-0", "1e999", "张", "👩‍👩‍👧", "\\u0000", "'\"", "&#0;", "]]>", "\r\n"].map { Array($0.utf8) }

    private let seeds: [[UInt8]]
    private var state: UInt64 = 1

    init(_ seeds: [[UInt8]]) { self.seeds = seeds }

    mutating func changed(_ seed: [UInt8]) -> [UInt8] {
        var bytes = seed
        for _ in 0...next(4) {
            let place = next(bytes.count + 1)
            let part = place..<min(bytes.count, place + 1 + next(16))
            switch next(6) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << next(8)
            case 1 where place < bytes.count: bytes[place] = UInt8(next(256))
            case 2: bytes.removeSubrange(part)
            case 3: bytes.insert(contentsOf: bytes[part], at: place)
            case 4: bytes.insert(contentsOf: Self.words[next(Self.words.count)], at: place)
            default:
                let other = seeds[next(seeds.count)]
                bytes.replaceSubrange(place..., with: other.dropFirst(next(other.count + 1)))
            }
        }
        return bytes
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), below a bound.
    private mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
