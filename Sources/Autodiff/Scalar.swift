import RealModule

/// A number that tensors hold: `Float` for training children fast, `Double` for checking gradients.
///
/// Every kernel is written once, generic over `Scalar`, and specialized for both types where it is defined: the code
/// that finite differences check in `Double` is the code that trains in `Float`.
public protocol Scalar: Real, BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable
where SIMDMaskScalar: Sendable {}

extension Float: Scalar {}
extension Double: Scalar {}
