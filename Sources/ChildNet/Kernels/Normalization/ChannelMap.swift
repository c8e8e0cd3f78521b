import Autodiff
import RealModule

/// The ε under the root: keeps a channel that is constant finite.
func normalizationEpsilon<T: Scalar>(_ type: T.Type) -> T { 1e-5 }

/// Batch normalization with given statistics is a line for each channel: y = a x + b with a = γ/√(σ² + ε), b = β − a μ.
struct ChannelMap<T: Scalar>: Sendable {
    /// a
    let slope: Tensor<T>
    /// b
    let offset: Tensor<T>

    init(_ statistics: ChannelStatistics<T>, scale: Tensor<T>, shift: Tensor<T>) {
        slope = scale / sqrt(statistics.variance + normalizationEpsilon(T.self))
        offset = shift - slope * statistics.mean
    }

    /// y, and max(y, 0) where `rectified`.
    @specialized(where T == Float)
    @specialized(where T == Double)
    func applied(to x: Tensor<T>, rectified: Bool) -> Tensor<T> {
        let channels = slope.count
        return Tensor(shape: x.shape) { y in
            withPointers(x, slope, offset) { x, slope, offset in
                for first in stride(from: 0, to: y.count, by: channels) {
                    let source = x + first, target = y.baseAddress! + first
                    @inline(__always)
                    func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                        let y: V = multiplyAdd(load(slope + c), load(source + c), to: load(offset + c))
                        store(rectified ? positivePart(y) : y, to: target + c)
                    }
                    forEachVector(of: channels) {
                        write($0, Vector<T>.self)
                    } half: {
                        write($0, HalfVector<T>.self)
                    } single: {
                        write($0, SingleNumber<T>.self)
                    }
                }
            }
        }
    }
}
