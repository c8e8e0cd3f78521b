import Testing

@testable import Autodiff

@Suite struct RandomGeneratorTests {
    @Test func sameSeedSameNumbers() {
        var a = RandomGenerator(seed: 7), b = RandomGenerator(seed: 7, stream: 0),
            c = RandomGenerator(seed: 7, stream: 1)
        let first = (0..<4).map { _ in a.next() }
        #expect(first == (0..<4).map { _ in b.next() })
        #expect(first != (0..<4).map { _ in c.next() })
    }

    /// The numbers of a seed are part of every lesson's outputs and every stored run. These were computed by another program,
    /// from the papers' definitions.
    @Test func numbersAreFixedForEver() {
        var generator = RandomGenerator(seed: 1), other = RandomGenerator(seed: -1, stream: 1)
        #expect([generator.next(), generator.next()] == [0xEE127FE613436E33, 0xD6DAD8D34A1874EA])
        #expect([other.next(), other.next()] == [0xDDCF60C925DE8FCB, 0x2EB32CE068648D33])
    }

    @Test func uniformAndNormalHaveTheirMoments() {
        var generator = RandomGenerator(seed: 3)
        let uniform = (0..<100_000).map { _ in generator.uniform() }
        #expect(uniform.allSatisfy { 0..<1 ~= $0 })
        #expect(abs(mean(uniform) { $0 } - 0.5) < 0.005)
        let normal = (0..<100_000).map { _ in generator.normal() }
        #expect(abs(mean(normal) { $0 }) < 0.015)
        #expect(abs(mean(normal) { $0 * $0 } - 1) < 0.02)
    }

    @Test func wholeNumbersAndCategoriesHaveTheirFrequencies() {
        var generator = RandomGenerator(seed: 4)
        var counts = [0, 0, 0]
        for _ in 0..<30_000 { counts[generator.uniform(below: 3)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
        var drawn = [0, 0, 0, 0]
        for _ in 0..<30_000 { drawn[generator.categorical([0.5, 0, 0.25, 0.25])] += 1 }
        #expect(drawn[1] == 0)
        #expect(abs(drawn[0] - 15_000) < 500 && abs(drawn[3] - 7_500) < 400)
    }

    @Test func permutationsAreUniform() {
        var generator = RandomGenerator(seed: 5)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<12_000 { counts[generator.permutation(3), default: 0] += 1 }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 2_000) < 250 })
    }
}
