import Autodiff
import TextDisplay

/// A convolution of NHWC images with "same" padding, plus bias, and through a rectifier if wanted.
///
/// z[n, y, x, cₒ] = b[cₒ] + Σₖᵧ Σₖₓ Σ_cᵢ images[n, y·s + ky − top, x·s + kx − left, cᵢ] · w[ky, kx, cᵢ, cₒ], and max(z, 0)
/// where `rectified`. As everywhere in neural networks it is a cross-correlation: the kernel is not turned around. With stride 1
/// and channels enough, kernels of three and five take fewer products (Lavin and Gray 2016; see `WinogradTransform.swift`): the
/// same sum, rounded a little more.
///
/// - Parameters:
///   - images: shape `[batch, height, width, channels in]`; outside of the images there are zeros.
///   - weights: shape `[kernel height, kernel width, channels in, channels out]`.
///   - bias: shape `[channels out]`.
///   - stride: how far the window moves, 1 to 65536; the result has ⌈height/stride⌉ × ⌈width/stride⌉ pixels.
///   - rectified: whether a ReLU follows, at no cost of its own.
public func convolution<T: Scalar>(
    _ images: Tensor<T>, _ weights: Tensor<T>, bias: Tensor<T>, stride: Int = 1, rectified: Bool = false
) -> Tensor<T> {
    require(problemOfConvolution(images: images.shape, weights: weights.shape, bias: bias.shape, stride: stride))
    return convolution(of: JoinedMaps([images]), weights, bias: bias, stride: stride, rectified: rectified)
}

/// The convolution of maps side by side, as of ``concatenation(of:)``.
func convolution<T: Scalar>(
    of images: JoinedMaps<T>, _ weights: Tensor<T>, bias: Tensor<T>, stride: Int = 1, rectified: Bool = false
) -> Tensor<T> {
    let geometry = ConvolutionGeometry(images: images.shape, weights: weights.shape, stride: stride)
    let (x, w) = (images.detached, weights.detached)
    let z = convolutionForward(x, w, bias.detached, geometry, rectified: rectified)
    return Tensor(
        z, from: images.maps + [weights, bias],
        addingPullback: { upstream, wanted, sums in
            let slope: OutputSlope = rectified ? .rectified(upstream, y: z) : .plain(upstream)
            convolutionPullback(slope, x, w, geometry, wanted: wanted, sums: &sums)
        })
}

/// A convolution, a ReLU and max pooling: as ``convolution(_:_:bias:stride:rectified:)`` and ``maxPooling(_:)`` one after the
/// other. The maxima are taken of each group of images when it leaves the convolution.
func pooledConvolution<T: Scalar>(
    of images: JoinedMaps<T>, _ weights: Tensor<T>, bias: Tensor<T>, stride: Int
) -> Tensor<T> {
    let geometry = ConvolutionGeometry(images: images.shape, weights: weights.shape, stride: stride)
    let blocks = PoolingBlocks(geometry.outputShape)
    let pooledSize = blocks.pooledShape.dropFirst().reduce(1, *)
    let (x, w) = (images.detached, weights.detached)
    var z = Tensor<T>(0)
    let y = Tensor<T>(shape: blocks.pooledShape) { y in
        z = convolutionForward(x, w, bias.detached, geometry, rectified: true) { first, count, group in
            writeMaxima(of: blocks.images(count), group, to: y.baseAddress! + first * pooledSize)
        }
    }
    return Tensor(
        y, from: images.maps + [weights, bias],
        addingPullback: { [z] upstream, wanted, sums in
            convolutionPullback(
                .pooled(upstream, rectified: z, y: y), x, w, geometry, wanted: wanted, sums: &sums)
        })
}

/// A dense layer, z = x w + b, and max(z, 0) where `rectified`: a convolution of one-pixel images with 1×1 kernels.
///
/// - Parameters:
///   - inputs: shape `[batch, features]`.
///   - weights: shape `[features, units]`.
///   - bias: shape `[units]`.
public func dense<T: Scalar>(
    _ inputs: Tensor<T>, _ weights: Tensor<T>, bias: Tensor<T>, rectified: Bool = false
) -> Tensor<T> {
    require(problemOfDense(inputs: inputs.shape, weights: weights.shape, bias: bias.shape))
    let pixels = JoinedMaps([inputs.reshaped([inputs.shape[0], 1, 1, inputs.shape[1]])])
    return convolution(of: pixels, weights.reshaped([1, 1] + weights.shape), bias: bias, rectified: rectified)
        .reshaped([inputs.shape[0], weights.shape[1]])
}

/// z of a convolution.
///
/// - Parameter whenWritten: called with each group of outputs, `count` images from the number `first` on, while it is in the
///   cache.
@specialized(where T == Float)
@specialized(where T == Double)
func convolutionForward<T: Scalar>(
    _ images: JoinedMaps<T>, _ weights: Tensor<T>, _ bias: Tensor<T>?, _ geometry: ConvolutionGeometry, rectified: Bool,
    whenWritten: (_ first: Int, _ count: Int, _ group: UnsafePointer<T>) -> Void = { _, _, _ in }
) -> Tensor<T> {
    if let bias { require(problemOfBias(bias.shape, filters: geometry.outputChannels)) }
    let group = geometry.imagesPerGroup(elementSize: MemoryLayout<T>.stride)
    let paddedBias = scratch(T.self, count: roundedChannels(geometry.outputChannels))
    paddedBias.elements.initialize(repeating: 0)
    bias?.withElements { bias in for c in 0..<bias.count { paddedBias.elements[c] = bias[c] } }
    /// - Parameter write: the results of `count` images from the number `first` on.
    func output(_ write: (_ first: Int, _ count: Int, _ target: UnsafeMutablePointer<T>) -> Void) -> Tensor<T> {
        Tensor(shape: geometry.outputShape) { output in
            forEachGroup(of: group, in: geometry.batch) { first, count in
                let target = output.baseAddress! + first * geometry.outputPixels * geometry.outputChannels
                write(first, count, target)
                whenWritten(first, count, target)
            }
        }
    }
    if let winograd = WinogradGeometry(geometry) {
        let tiles = weights.withElements { weights in
            WinogradConvolution(
                winograd, weights: weights.baseAddress!, bias: paddedBias, rectified: rectified, imagesPerGroup: group)
        }
        return output { first, count, target in
            tiles.input.padded.fill(images, from: first, count: count)
            tiles.write(count: count, to: target)
        }
    }
    let zones = geometry.plan(outputStep: geometry.outputChannels).zones(images: group)
    let packed = scratch(T.self, count: packedCount(window: geometry.windowSize, channels: geometry.outputChannels))
    weights.withElements { weights in
        packWeights(
            weights.baseAddress!, window: geometry.windowSize, channels: geometry.outputChannels,
            into: packed.elements.baseAddress!)
    }
    let reader = GroupReader(images, geometry, imagesPerGroup: group)
    return output { first, count, target in
        reader.read(first, count) { source in
            for zone in zones {
                let pixels = count * zone.pixelsPerImage
                convolve(
                    source, starts: zone.starts.prefix(pixels), window: zone.window,
                    packed: packed.elements.baseAddress!, bias: paddedBias.elements.baseAddress!,
                    rectified: rectified, output: target, targets: zone.places.prefix(pixels),
                    channels: geometry.outputChannels)
            }
        }
    }
}

/// The images of a convolution, a group at a time: where they stand if they need no zeros around them, otherwise copied.
struct GroupReader<T: Scalar> {
    private let images: JoinedMaps<T>
    private let imageSize: Int
    private let padded: PaddedGroup<T>?

    init(_ images: JoinedMaps<T>, _ geometry: ConvolutionGeometry, imagesPerGroup group: Int) {
        self.images = images
        imageSize = geometry.imageSize
        padded = geometry.needsPadding || images.maps.count > 1 ? geometry.paddedGroup(of: T.self, images: group) : nil
    }

    /// Calls `body` with the place of the first of `count` images.
    @inline(__always)
    func read(_ first: Int, _ count: Int, _ body: (UnsafePointer<T>) -> Void) {
        if let padded {
            padded.fill(images, from: first, count: count)
            body(padded.start)
        } else {
            images.maps[0].withElements { body($0.baseAddress! + first * imageSize) }
        }
    }
}

extension Scratch {
    @inline(__always)
    func prefix(_ count: Int) -> UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(rebasing: elements.prefix(count))
    }
}

/// Calls `body` with the first image and the number of images of each group.
@inline(__always)
func forEachGroup(of size: Int, in batch: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: size) { body(first, min(size, batch - first)) }
}
