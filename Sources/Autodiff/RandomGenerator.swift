import RealModule
import TextDisplay

/// A seeded source of random numbers: xoshiro256** (Blackman and Vigna 2018), seeded through SplitMix64.
///
/// The same seed gives the same bits on every machine (and the same normal numbers where the C library's logarithm and
/// cosine round alike). There is no global generator anywhere in the library: whatever
/// is random takes a seed or a generator. ``init(seed:stream:)`` gives independent streams of one seed, so that the
/// n-th trajectory, or the n-th child, draws the same numbers whoever computes it and when.
///
///     var generator = RandomGenerator(seed: 7)
///     generator.uniform()      // the same number every time
public struct RandomGenerator: RandomNumberGenerator, Sendable, Codable, Equatable {
    private var s0, s1, s2, s3: UInt64

    /// The generator of a seed.
    public init(seed: Int) { self.init(seed: seed, stream: 0) }

    /// One of the independent streams of a seed.
    public init(seed: Int, stream: Int) {
        var state = UInt64(bitPattern: Int64(seed))
        var key = Self.splitMix(&state)
        key ^= UInt64(bitPattern: Int64(stream)) &* 0xD134_2543_DE82_EF95
        s0 = Self.splitMix(&key)
        s1 = Self.splitMix(&key)
        s2 = Self.splitMix(&key)
        s3 = Self.splitMix(&key)
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private static func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = Self.rotate(s1 &* 5, 7) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = Self.rotate(s3, 45)
        return result
    }

    /// A seed for something else, drawn from this generator.
    public mutating func seed() -> Int { Int(truncatingIfNeeded: next() >> 1) }

    /// A number from the uniform distribution on [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number from the uniform distribution on 0 ..< bound; the bound must be positive.
    public mutating func uniform(below bound: Int) -> Int {
        require(bound > 0, "no whole number is in 0 ..< \(bound)")
        // Lemire 2019: the high word of a 128-bit product, with the few biased low words drawn again.
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// A number from the standard normal distribution, by Box and Muller's transform.
    public mutating func normal() -> Double {
        let radius = Double.sqrt(-2 * Double.log(1 - uniform()))
        return radius * Double.cos(2 * Double.pi * uniform())
    }

    /// An index drawn with the given probabilities, which add up to 1.
    public mutating func categorical(_ probabilities: some Collection<Double>) -> Int {
        require(!probabilities.isEmpty, "there is nothing to draw from")
        var rest = uniform()
        var last = 0
        for (i, probability) in probabilities.enumerated() where probability > 0 {
            last = i
            rest -= probability
            if rest < 0 { return i }
        }
        return last  // rounding left the sum a little below 1
    }

    /// The whole numbers below `count` in random order (Fisher and Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        require(0...1 << 27 ~= count, "a permutation is of 0 to \(1 << 27) numbers; not \(count)")
        var order = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, uniform(below: i + 1)) }
        return order
    }

    /// A tensor of independent normal numbers with mean 0.
    public mutating func normalTensor<Element: Scalar>(
        shape: [Int], standardDeviation: Double = 1, of type: Element.Type = Element.self
    ) -> Tensor<Element> {
        require(Tensor<Element>.problem(ofShape: shape))
        return Tensor(shape: shape) { elements in
            for i in elements.indices { elements[i] = Element(standardDeviation * normal()) }
        }
    }

    /// A tensor of independent numbers from the uniform distribution on [−bound, bound).
    public mutating func uniformTensor<Element: Scalar>(
        shape: [Int], bound: Double, of type: Element.Type = Element.self
    ) -> Tensor<Element> {
        require(Tensor<Element>.problem(ofShape: shape))
        return Tensor(shape: shape) { elements in
            for i in elements.indices { elements[i] = Element(bound * (2 * uniform() - 1)) }
        }
    }
}

extension RandomGenerator: CustomStringConvertible {
    /// The first digits of its state, which tell two generators apart.
    public var description: String { "RandomGenerator in state \(String(s0, radix: 16))…" }
}
