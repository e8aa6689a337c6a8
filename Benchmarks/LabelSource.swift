/// What records are about: one to three topics of the default code frame each, the same again from the same seed.
struct LabelSource {
    static let topics = [
        "product.function", "product.noise", "product.quality", "product.design", "price", "packaging", "delivery", "service.attitude", "service.process", "aftersales",
        "store", "app",
    ]

    private var state: UInt64 = 11

    /// Of the next record.
    mutating func next() -> [String] {
        // A linear congruential generator (Knuth, MMIX).
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let (first, count) = (Int(state >> 33) % Self.topics.count, [1, 1, 1, 2, 2, 3][Int(state >> 50) % 6])
        return (0..<count).map { Self.topics[(first + $0 * 5) % Self.topics.count] }
    }
}
