import Autodiff

/// Maps side by side in depth that stand where they were made. Who reads them copies them together, a group of images at a
/// time and with the zeros of its padding; so they need not be written side by side first, and read again.
///
/// Smaller maps stand in the middle of a frame of zeros (see ``concatenation(of:)``).
struct JoinedMaps<T: Scalar>: Sendable {
    let maps: [Tensor<T>]
    let places: [MapPlace]
    /// Of the whole: `[batch, height, width, channels]`.
    let shape: [Int]

    /// - Parameter maps: at least one, of shapes `[batch, height, width, channels]` with one batch.
    init(_ maps: [Tensor<T>]) {
        precondition(
            !maps.isEmpty && maps.allSatisfy { $0.shape.count == 4 && $0.shape[0] == maps[0].shape[0] },
            "joined maps are images of one batch")
        let shape = joinedShape(of: maps.map { $0.shape })
        var first = 0
        self.maps = maps
        self.shape = shape
        places = maps.map { map in
            defer { first += map.shape[3] }
            return MapPlace(map: map.shape, whole: shape, firstChannel: first)
        }
    }

    /// The same numbers, cut from the graph.
    var detached: JoinedMaps { JoinedMaps(maps.map { $0.detached }) }

    /// Whether zeros stand around a map.
    var isFramed: Bool { maps.contains { $0.shape[1] < shape[1] || $0.shape[2] < shape[2] } }

    /// Copies `count` images from the number `image` on, without the zeros around smaller maps.
    @inline(__always)
    func copy(from image: Int, count: Int, to target: UnsafeMutablePointer<T>, _ layout: PixelLayout) {
        for (map, place) in zip(maps, places) {
            map.withElements { map in
                place.forEachRow(of: image..<image + count, layout) { row, whole in
                    copyPixels(
                        map.baseAddress! + row, place.channels, to: target + whole, layout.pixel,
                        channels: place.channels, count: place.width)
                }
            }
        }
    }
}

/// The shape of maps side by side: as high and as wide as the largest.
func joinedShape(of maps: [[Int]]) -> [Int] {
    [
        maps[0][0], maps.reduce(0) { max($0, $1[1]) }, maps.reduce(0) { max($0, $1[2]) },
        maps.reduce(0) { $0 + $1[3] },
    ]
}

/// Where a map stands in the whole.
struct MapPlace: Sendable {
    let height: Int
    let width: Int
    let channels: Int
    private let top: Int
    private let left: Int
    /// Where its channels begin.
    let firstChannel: Int

    /// - Parameters:
    ///   - map: the map's shape, as `whole` the whole's.
    init(map: [Int], whole: [Int], firstChannel: Int) {
        (height, width, channels) = (map[1], map[2], map[3])
        (top, left) = ((whole[1] - map[1]) / 2, (whole[2] - map[2]) / 2)
        self.firstChannel = firstChannel
    }

    /// Calls `body` for each of the map's rows with the place of its first number in the map, and in some images of the whole.
    ///
    /// - Parameters:
    ///   - images: their numbers in the batch.
    ///   - layout: of the whole, which starts with the first of these images.
    @inline(__always)
    func forEachRow(of images: Range<Int>, _ layout: PixelLayout, _ body: (_ map: Int, _ whole: Int) -> Void) {
        for n in images {
            for y in 0..<height {
                body(
                    (n * height + y) * width * channels,
                    layout.first + (n - images.lowerBound) * layout.image + (y + top) * layout.row
                        + left * layout.pixel + firstChannel)
            }
        }
    }
}

/// The gradients of joined maps, each written or added to what is known of it.
struct MapGradients<T: Scalar> {
    private let places: [MapPlace]
    /// Each map's; nil where it is not wanted.
    private let tensors: [Tensor<T>?]
    /// Where they are written, as long as this value is there.
    private let targets: [UnsafeMutablePointer<T>?]
    private let isSum: [Bool]

    /// - Parameters:
    ///   - wanted: whether each map's gradient is.
    ///   - sums: what is known of them; it is taken from there.
    init(of maps: JoinedMaps<T>, wanted: [Bool], sums: inout [Tensor<T>?]) {
        places = maps.places
        var tensors: [Tensor<T>?] = [], targets: [UnsafeMutablePointer<T>?] = []
        // A sum of another shape, from a pullback that is wrong, is left to whoever adds to it.
        let isSum = maps.maps.enumerated().map { i, map in sums[i].map { $0.shape == map.shape } ?? false }
        for (i, map) in maps.maps.enumerated() {
            guard wanted[i] else {
                tensors.append(nil)
                targets.append(nil)
                continue
            }
            var gradient: Tensor<T>
            if isSum[i], let sum = sums[i] {
                gradient = sum
                sums[i] = nil
            } else {
                gradient = Tensor(notInitialized: map.shape)
            }
            targets.append(gradient.unsharedElements().baseAddress!)
            tensors.append(gradient)
        }
        self.tensors = tensors
        self.targets = targets
        self.isSum = isSum
    }

    /// Puts the gradients where those that were known have been.
    func give(to sums: inout [Tensor<T>?]) {
        for (i, gradient) in tensors.enumerated() {
            if let gradient { sums[i].add(gradient) }
        }
    }

    var isWanted: Bool { targets.contains { $0 != nil } }

    /// Where the gradient of images goes as it is: of one map that has none yet.
    var target: UnsafeMutablePointer<T>? { targets.count == 1 && !isSum[0] ? targets[0] : nil }

    /// Takes the gradient of `count` images from the number `image` on, which stand one behind the other.
    @inline(__always)
    func take(_ gradient: UnsafePointer<T>, from image: Int, count: Int, _ layout: PixelLayout) {
        for (i, place) in places.enumerated() {
            guard let target = targets[i] else { continue }
            place.forEachRow(of: image..<image + count, layout) { map, whole in
                write(i, gradient + whole, layout.pixel, to: target + map, count: place.width)
            }
        }
    }

    /// Takes a gradient that is the same for all pixels of an image.
    ///
    /// - Parameter gradient: for each image the channels of the whole.
    @inline(__always)
    func takeForAllPixels(_ gradient: UnsafePointer<T>, images: Int, channels: Int) {
        for (i, place) in places.enumerated() {
            guard let target = targets[i] else { continue }
            let pixels = place.height * place.width
            for n in 0..<images {
                let source = gradient + n * channels + place.firstChannel
                write(i, source, 0, to: target + n * pixels * place.channels, count: pixels)
            }
        }
    }

    /// Writes pixels of a map's gradient, or adds them to what is known of it.
    @inline(__always)
    private func write(
        _ map: Int, _ source: UnsafePointer<T>, _ step: Int, to target: UnsafeMutablePointer<T>, count: Int
    ) {
        let channels = places[map].channels
        if isSum[map] {
            addPixels(source, step, to: target, channels, channels: channels, count: count)
        } else {
            copyPixels(source, step, to: target, channels, channels: channels, count: count)
        }
    }
}
