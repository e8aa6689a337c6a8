import Testing

@testable import Sealing

@Suite("Randomness on a machine that was cloned")
struct RandomTests {
    private func draw(_ pool: inout RandomPool, _ count: Int = 12) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { try pool.draw(count, to: $0.baseAddress!) }
        return bytes
    }

    @Test("nonces that a pool had drawn are others in its copy, from the next key on")
    func clone() throws {
        var pool = RandomPool()
        _ = try draw(&pool)
        var copy = pool
        // As they lie in memory, they are the same.
        #expect(try draw(&pool) == draw(&copy))
        pool.renew()
        copy.renew()
        for _ in 0..<50 { #expect(try draw(&pool) != draw(&copy)) }
    }

    @Test("no bytes come twice, whatever is mixed into them, and none are left as they were")
    func distinct() throws {
        var pool = RandomPool()
        var seen: Set<[UInt8]> = []
        for number in 0..<2000 {
            if number % 7 == 0 { pool.renew() }
            #expect(seen.insert(try draw(&pool, 16)).inserted)
        }
        for count in [1, 255, 256, 257, 1000] {
            var bytes = [UInt8](repeating: 0, count: count)
            try bytes.withUnsafeMutableBufferPointer { try KernelRandom.mix(into: $0.baseAddress!, count: count) }
            #expect(count < 16 || Set(bytes.suffix(16)).count > 4)
        }
        #expect(try Random.bytes(0).isEmpty)
    }
}
