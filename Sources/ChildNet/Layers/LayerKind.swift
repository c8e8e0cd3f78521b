import Autodiff
import TextDisplay

/// What a layer is: which shapes it takes and makes, what it costs, which parameters it has, what it computes, and the words for it.
///
/// Networks, their summaries, diagrams and times, the spaces that are searched and the benchmark ask a layer through this
/// protocol, and know none by its name. A layer that only has a shape and a forward pass needs nothing else.
///
///     struct NegationLayer: LayerKind {
///         static let name = "negation"
///         var description: String { "negation" }
///         func output(after shapes: [ImageShape]) -> ImageShape { shapes.last! }
///         func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
///             LayerMaps(-1 * maps.tensor)
///         }
///     }
///     Layer(NegationLayer())
///
/// Its `description` is what diagrams and errors call it, in a few words; how it is encoded is how the benchmark describes it to
/// PyTorch.
package protocol LayerKind: Sendable, Hashable, Encodable, CustomStringConvertible {
    /// What its parameters are called: `dense` for `dense 3 weights`.
    static var name: String { get }

    /// The words of search spaces that are about this layer; by default none.
    static var words: [LayerWord] { get }

    /// The layers whose outputs it takes, side by side, in place of the output of the layer just before: they count from 1, and 0
    /// stands for the images. By default none, for the layer before.
    var sources: [Int] { get }

    /// The shape that it makes, behind layers that make those shapes, the images first.
    ///
    /// - Throws: ``InvalidArgument`` that says why it can't stand there, in words that follow the layer's own.
    func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape

    /// What it learns; by default nothing.
    ///
    /// - Parameter input: the shape of what the layer before makes.
    func parameters(input: ImageShape) -> [LayerParameter]

    /// The number of channels that it normalizes with statistics of their own, which the network keeps; by default 0.
    var normalizedChannels: Int { get }

    /// What it costs; by default nothing that is counted.
    ///
    /// - Parameters:
    ///   - input: the shape of what the layer before makes.
    ///   - output: the shape of what it makes of it.
    func cost(input: ImageShape, output: ImageShape) -> LayerCost

    /// y, what it makes of its input.
    ///
    /// - Parameter pass: has its parameters, in the order of ``parameters(input:)``, and what there is while a network is trained.
    func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T>

    /// What it and the layer behind it make of its input, where both at once take less time; nil, which is the default, where
    /// they do not.
    ///
    /// - Parameters:
    ///   - next: the layer behind it, which alone takes its output.
    ///   - pass: with this layer's parameters, not those of the next; where nothing comes of it, it is left as it was.
    func outputs<T: Scalar>(of maps: LayerMaps<T>, with next: any LayerKind, _ pass: inout ForwardPass<T>)
        -> LayerMaps<T>?
}

extension LayerKind {
    package static var words: [LayerWord] { [] }
    package var sources: [Int] { [] }
    package func parameters(input: ImageShape) -> [LayerParameter] { [] }
    package var normalizedChannels: Int { 0 }
    package func cost(input: ImageShape, output: ImageShape) -> LayerCost { LayerCost() }
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, with next: any LayerKind, _ pass: inout ForwardPass<T>)
        -> LayerMaps<T>?
    { nil }
}

/// A layer's size as it is supplied, 1 to 65536: with larger ones, products of sizes would overflow.
///
/// - Throws: ``InvalidArgument`` for the first that is not.
func checkSizes(_ sizes: Int...) throws(InvalidArgument) {
    if let size = sizes.first(where: { !(1...65_536 ~= $0) }) {
        throw InvalidArgument("its sizes are 1 to 65536, not \(size)")
    }
}

/// What a layer costs, for one image.
package struct LayerCost: Sendable {
    /// Floating-point operations forwards, two for each multiply-add.
    package var flops = 0.0
    /// How many numbers it reads of an image at once, where that may be more than there are: with the zeros around it.
    package var numbersRead = 0.0

    package init(flops: Double = 0, numbersRead: Double = 0) {
        self.flops = flops
        self.numbersRead = numbersRead
    }
}
