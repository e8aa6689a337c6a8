import Sealing

/// Exact samplers of discrete noise, in integers throughout: a sampler in floating point leaks the value that it hides through
/// its low bits (Mironov 2012). Algorithms 1 to 3 of Canonne, Kamath, Steinke 2020, "The Discrete Gaussian for Differential
/// Privacy".
struct DiscreteNoise<Generator: RandomNumberGenerator> {
    private(set) var generator: Generator

    init(_ generator: Generator) { self.generator = generator }

    /// True with probability `numerator / denominator`.
    private mutating func bernoulli<Number: FixedWidthInteger & UnsignedInteger>(_ numerator: Number, of denominator: Number) -> Bool {
        Number.random(in: 0..<denominator, using: &generator) < numerator
    }

    /// True with probability exp(-numerator / denominator), for a fraction of at most 1.
    private mutating func bernoulliExponentialSmall<Number: FixedWidthInteger & UnsignedInteger>(_ numerator: Number, _ denominator: Number) -> Bool {
        var step: Number = 1
        while bernoulli(numerator, of: denominator * step) { step += 1 }
        return step % 2 == 1
    }

    /// True with probability exp(-numerator / denominator).
    private mutating func bernoulliExponential<Number: FixedWidthInteger & UnsignedInteger>(_ numerator: Number, _ denominator: Number) -> Bool {
        var whole = numerator / denominator
        while whole > 0 {
            guard bernoulliExponentialSmall(1 as UInt64, 1) else { return false }
            whole -= 1
        }
        return bernoulliExponentialSmall(numerator % denominator, denominator)
    }

    /// Discrete Laplace noise: x with probability proportional to exp(-|x| · denominator / numerator).
    ///
    /// - Parameter scale: numerator and denominator, each 1 to 2³¹.
    mutating func laplace(scale: (numerator: UInt64, denominator: UInt64)) -> Int64 {
        while true {
            let offset = UInt64.random(in: 0..<scale.numerator, using: &generator)
            guard bernoulliExponential(offset, scale.numerator) else { continue }
            var turns: UInt64 = 0
            while bernoulliExponentialSmall(1 as UInt64, 1) { turns += 1 }
            let magnitude = Int64((offset + scale.numerator * turns) / scale.denominator)
            let isNegative = bernoulli(1 as UInt64, of: 2)
            if isNegative, magnitude == 0 { continue }
            return isNegative ? -magnitude : magnitude
        }
    }

    /// The largest σ² of a Gaussian: all that is multiplied stays within 128 bits.
    static var largestVariance: UInt64 { 1_000_000_000_000_000 }

    /// Discrete Gaussian noise: x with probability proportional to exp(-x² / 2σ²).
    ///
    /// - Parameter variance: σ², an integer from 1 to ``largestVariance``.
    mutating func gaussian(variance: UInt64) -> Int64 {
        // Any width is right; about σ is fast.
        let width = UInt64(Double(variance).squareRoot()) + 1
        while true {
            let candidate = laplace(scale: (width, 1))
            // exp(-(|x| - σ²/t)² / 2σ²) = exp(-(|x| t - σ²)² / 2σ²t²)
            let distance = candidate.magnitude * width
            let gap = distance > variance ? distance - variance : variance - distance
            let numerator = UInt128(gap) * UInt128(gap)
            let denominator = 2 * UInt128(variance) * UInt128(width) * UInt128(width)
            let isKept =
                if numerator >> 64 == 0, denominator >> 40 == 0 {
                    bernoulliExponential(UInt64(numerator), UInt64(denominator))
                } else {
                    bernoulliExponential(numerator, denominator)
                }
            if isKept { return candidate }
        }
    }
}

/// OpenSSL's deterministic random bit generator (NIST SP 800-90A), seeded by the system.
struct SecureGenerator: RandomNumberGenerator {
    private var pool: [UInt8] = []

    mutating func next() -> UInt64 {
        // Without randomness there is no noise, and without noise there must be no answer.
        if pool.count < 8 { pool = try! Random.bytes(1024) }
        return (0..<8).reduce(0) { value, _ in value << 8 | UInt64(pool.removeLast()) }
    }
}

/// The same numbers for the same key and place: HMAC-SHA-256 in counter mode (NIST SP 800-108).
struct KeyedGenerator: RandomNumberGenerator {
    private let mac: MACSession
    private let place: [UInt8]
    private var counter: UInt64 = 0
    private var pool: [UInt8] = []

    init(_ mac: MACSession, place: [UInt8]) { (self.mac, self.place) = (mac, place) }

    mutating func next() -> UInt64 {
        if pool.isEmpty {
            let message = withUnsafeBytes(of: counter.bigEndian) { Array($0) } + place
            pool = try! mac.tag(message.span)
            counter += 1
        }
        return (0..<8).reduce(0) { value, _ in value << 8 | UInt64(pool.removeLast()) }
    }
}
