import Autodiff

/// A tensor of standard normal numbers, of which none stands at a kink; the same for the same seed.
package func random<Element: Scalar>(_ shape: [Int], seed: Int) -> Tensor<Element> {
    var generator = RandomGenerator(seed: seed)
    return generator.normalTensor(shape: shape)
}
