import Foundation
import Store
import Testing

@testable import VoCVault

/// The samplers against the distributions that they are defined by. The generator is seeded: the tests always see the same draws.
@Suite("Discrete noise")
struct NoiseTests {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    /// χ² of draws against probabilities in proportion to `weight`; values that are expected fewer than 10 times are taken together.
    private func chiSquared(_ draws: [Int64], weight: (Int64) -> Double) -> (statistic: Double, freedom: Int) {
        let range = -2000...2000 as ClosedRange<Int64>
        let whole = range.reduce(0) { $0 + weight($1) }
        let counts = Dictionary(draws.map { ($0, 1) }, uniquingKeysWith: +)
        var (statistic, freedom) = (0.0, -1)
        var (rest, restSeen) = (0.0, 0)
        for value in range {
            let expected = Double(draws.count) * weight(value) / whole
            let seen = counts[value] ?? 0
            if expected < 10 {
                (rest, restSeen) = (rest + expected, restSeen + seen)
            } else {
                statistic += (Double(seen) - expected) * (Double(seen) - expected) / expected
                freedom += 1
            }
        }
        if rest > 0 {
            statistic += (Double(restSeen) - rest) * (Double(restSeen) - rest) / rest
            freedom += 1
        }
        return (statistic, freedom)
    }

    /// Above its mean by four standard deviations a χ² lies with a chance of less than 1 in 1,000.
    private func fits(_ result: (statistic: Double, freedom: Int)) -> Bool {
        result.statistic < Double(result.freedom) + 4 * (2 * Double(result.freedom)).squareRoot()
    }

    @Test("discrete Laplace noise has its distribution", arguments: [(1, 1), (5, 2), (10, 1), (3, 10)] as [(UInt64, UInt64)])
    func laplace(numerator: UInt64, denominator: UInt64) {
        var noise = DiscreteNoise(Seeded(state: 7))
        let draws = (0..<40_000).map { _ in noise.laplace(scale: (numerator, denominator)) }
        let rate = Double(denominator) / Double(numerator)
        #expect(fits(chiSquared(draws) { exp(-Double($0.magnitude) * rate) }))
        // The test can tell: half the scale does not fit.
        #expect(!fits(chiSquared(draws) { exp(-Double($0.magnitude) * rate * 2) }))
    }

    @Test("discrete Gaussian noise has its distribution", arguments: [1, 4, 50, 900] as [UInt64])
    func gaussian(variance: UInt64) {
        var noise = DiscreteNoise(Seeded(state: 11))
        let draws = (0..<40_000).map { _ in noise.gaussian(variance: variance) }
        #expect(fits(chiSquared(draws) { exp(-Double($0 * $0) / (2 * Double(variance))) }))
        #expect(!fits(chiSquared(draws) { exp(-Double($0 * $0) / (3 * Double(variance))) }))
    }

    @Test("noise for wide ranges is as exact: its moments are those of the distribution", arguments: [1_000_000_000_000, 1_000_000_000_000_000] as [UInt64])
    func wide(variance: UInt64) {
        var noise = DiscreteNoise(Seeded(state: 13))
        let draws = (0..<20_000).map { _ in Double(noise.gaussian(variance: variance)) / Double(variance).squareRoot() }
        let square = draws.reduce(0) { $0 + $1 * $1 } / 20_000
        let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 20_000
        // Standard errors: √(2/n), √(96/n).
        #expect(abs(square - 1) < 0.04 && abs(fourth - 3) < 0.28 && abs(draws.reduce(0, +) / 20_000) < 0.03)
    }

    @Test("the secure generator does not repeat itself")
    func secure() {
        var generator = SecureGenerator()
        #expect(Set((0..<1000).map { _ in generator.next() }).count == 1000)
    }

    @Test("the place of the noise of a cell without records is spelled as it was first: another spelling would draw it anew")
    func place() {
        let cell: [StoredValue] = [.null, .integer(-3), .real(1.5), .text("X\"5\\ 广东\n")]
        #expect(cell.placeText == #"[Store.StoredValue.null, Store.StoredValue.integer(-3), Store.StoredValue.real(1.5), Store.StoredValue.text("X\"5\\ 广东\n")]"#)
        #expect("\(cell)" == cell.placeText)
        #expect(([] as [StoredValue]).placeText == "[]")
    }
}
