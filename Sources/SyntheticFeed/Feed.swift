/// A made-up feed of customers' feedback in Chinese and English, for demo, tests and benchmarks.
///
/// The same seed gives the same records on every machine. People, numbers and addresses are
/// invented; identity and card numbers carry valid check digits, so that detection has to work.
public struct Feed: Sendable {
    private let seed: UInt64
    private let customers: Int
    /// Time of the first record, ms since 1970.
    private let start: Int64
    /// Milliseconds between records.
    private let step: Int64
    private var index = 0

    /// - Parameters:
    ///   - customers: how many people speak; each record is by one of them.
    ///   - start: when the first record was made, ms since 1970 (default 2023-03-01).
    ///   - span: over how long the records spread, in ms.
    ///   - count: how many records there will be, to spread them evenly.
    public init(
        seed: UInt64, count: Int, customers: Int? = nil, start: Int64 = 1_677_628_800_000,
        span: Int64 = 1350 * 86_400_000
    ) {
        (self.seed, self.start) = (seed, start)
        self.customers = max(1, customers ?? count / 3)
        step = span / Int64(max(count, 1))
    }

    public mutating func next() -> SyntheticRecord {
        var random = Random(seed: seed ^ (UInt64(index) &+ 1) &* 0xA24B_AED4_963E_E407)
        defer { index += 1 }
        let customer = Customer(number: random.below(customers), seed: seed)
        return SyntheticRecord(
            index: index, time: start + Int64(index) * step, customer: customer, random: &random)
    }
}

/// SplitMix64: small, fast and the same everywhere. Not for keys.
struct Random {
    private var state: UInt64

    /// Scrambles the seed first: streams of neighbouring seeds must not overlap.
    init(seed: UInt64) {
        state = seed
        state = next() ^ next() << 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }

    mutating func digits(_ count: Int) -> String {
        String((0..<count).map { _ in Character(String(below(10))) })
    }
}
