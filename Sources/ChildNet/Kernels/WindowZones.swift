import Autodiff

// Beside the edges of an image a part of each window lies in the zeros around it, and there is nothing to multiply. With
// kernels of seven on maps of eleven pixels, a third of the products are of that kind. So the outputs of a convolution are cut
// into zones whose windows lie inside of the images with the same part of the kernel, and for each zone that part is all the
// kernel that there is; likewise each weight has a gradient from the pixels only where it meets the image.

/// One axis of a convolution: output i meets input i · step + tap + offset with each tap of the kernel, if there is one.
struct WindowAxis {
    let outputs: Int
    let step: Int
    let taps: Int
    let offset: Int
    /// Of the input, without zeros.
    let size: Int

    /// Neighboring outputs that meet the input with the same taps.
    struct Stretch {
        let outputs: Range<Int>
        let taps: Range<Int>
    }

    /// All outputs, cut where the taps change.
    var stretches: [Stretch] {
        var found: [Stretch] = []
        for i in 0..<outputs {
            let first = min(max(0, -offset - i * step), taps)
            let taps = first..<max(first, min(taps, size - offset - i * step))
            if let last = found.last, last.taps == taps {
                found[found.count - 1] = Stretch(outputs: last.outputs.lowerBound..<i + 1, taps: taps)
            } else {
                found.append(Stretch(outputs: i..<i + 1, taps: taps))
            }
        }
        return found
    }

    /// All outputs as one, with the zeros around the input.
    var whole: [Stretch] { [Stretch(outputs: 0..<outputs, taps: 0..<taps)] }

    /// The outputs that meet the input with a tap.
    func outputs(meetingWith tap: Int) -> Range<Int> {
        // i · step + tap + offset ≥ 0, and < size
        let first = max(0, (step - 1 - tap - offset) / step), end = (size - tap - offset + step - 1) / step
        return min(first, outputs)..<max(min(first, outputs), min(end, outputs))
    }
}

/// Outputs for which the same part of the kernel is taken: all of it that meets the images, or, where it is not worth cutting,
/// some of the zeros around them, too.
struct WindowZone {
    /// That part.
    let window: Window
    /// The outputs of each image.
    let pixelsPerImage: Int
    /// Where each output's window starts, in a group of inputs.
    let starts: Scratch<Int>
    /// Where each output stands, in a group of outputs.
    let places: Scratch<Int>

    /// Whether nothing of the kernel meets the images there.
    var isEmpty: Bool { window.rows == 0 || window.depth == 0 }
}

/// How a convolution reads its inputs, and where it writes its outputs.
struct WindowPlan {
    let window: Window
    let rows: WindowAxis
    let columns: WindowAxis
    /// The numbers of an input's pixel.
    let channels: Int
    /// Where the window of each output starts.
    let inputs: PixelLayout
    let outputs: PixelLayout

    /// The zones, cut along the axes where that takes less time.
    ///
    /// Where they are cut depends on the machine. The sums do not, because what is left out are zeros; only weights that are no
    /// longer finite would show.
    func zones(images: Int) -> [WindowZone] {
        typealias Stretches = [WindowAxis.Stretch]
        let (rowStretches, columnStretches) = (rows.stretches, columns.stretches)
        let ways: [(rows: Stretches, columns: Stretches)] = [
            (rows.whole, columns.whole), (rowStretches, columns.whole), (rows.whole, columnStretches),
            (rowStretches, columnStretches),
        ]
        let best = cheapest(of: ways) { cost($0.rows, $0.columns, images) }
        return best.rows.flatMap { row in
            best.columns.map { column in
                let part = Window(
                    window, rows: row.taps,
                    depth: column.taps.lowerBound * channels..<column.taps.upperBound * channels)
                let start = row.taps.lowerBound * window.rowStride + column.taps.lowerBound * channels
                var inputs = inputs
                inputs.first += start
                return WindowZone(
                    window: part, pixelsPerImage: row.outputs.count * column.outputs.count,
                    starts: inputs.places(images: images, rows: row.outputs, columns: column.outputs),
                    places: outputs.places(images: images, rows: row.outputs, columns: column.outputs))
            }
        }
    }

    /// About how long a group of images takes: each number of a window takes as long as the tile has pixels, but at least as
    /// long as a sum waits for its next product; and a tile has a beginning and an end.
    private func cost(_ rows: [WindowAxis.Stretch], _ columns: [WindowAxis.Stretch], _ images: Int) -> Int {
        let full = FullTile.pixelCount
        return rows.reduce(0) { sum, row in
            columns.reduce(sum) { sum, column in
                let pixels = images * row.outputs.count * column.outputs.count, rest = pixels % full
                let numbers = row.taps.count * column.taps.count * channels
                let tiles = pixels / full + rest / 4 + rest % 4
                return sum + numbers * (pixels / full * full + (rest / 4 + rest % 4) * 4) + 20 * tiles
            }
        }
    }
}

/// The cheapest of some ways, but the first where none is so much cheaper that it is cheaper in truth.
private func cheapest<Way>(of ways: [Way], _ cost: (Way) -> Int) -> Way {
    let costs = ways.map(cost), best = costs.indices.min { costs[$0] < costs[$1] }!
    return ways[20 * costs[best] < 19 * costs[0] ? best : 0]
}

/// A part of the weights, with the outputs that it takes part in.
struct WeightPart {
    /// The numbers of the window.
    let numbers: Range<Int>
    let pixelsPerImage: Int
    /// As of a ``WindowZone``; but the start is that of the whole window, and the places are nil for all outputs in order.
    let starts: Scratch<Int>
    let places: Scratch<Int>?
}

extension WindowPlan {
    /// The weights, as a whole, or cut into rows of the kernel, or into its taps, whichever takes less time.
    func weightParts(images: Int) -> [WeightPart] {
        typealias Part = (numbers: Range<Int>, rows: Range<Int>, columns: Range<Int>)
        let step = window.step
        let whole: [Part] = [(0..<window.size, 0..<rows.outputs, 0..<columns.outputs)]
        let byRows: [Part] = (0..<rows.taps).map { row in
            (row * step..<(row + 1) * step, rows.outputs(meetingWith: row), 0..<columns.outputs)
        }
        let byTaps: [Part] = (0..<rows.taps).flatMap { row in
            (0..<columns.taps).map { column in
                let first = row * step + column * channels
                return (
                    first..<first + channels, rows.outputs(meetingWith: row), columns.outputs(meetingWith: column)
                )
            }
        }
        // Six numbers a tile and forty for its beginning and end, whatever the machine: how sums are rounded depends on it.
        func cost(_ parts: [Part]) -> Int {
            parts.reduce(0) { sum, part in
                let pixels = images * part.rows.count * part.columns.count, tiles = (part.numbers.count + 5) / 6
                let chunks = (pixels + pixelsOfChunk - 1) / pixelsOfChunk
                return sum + max(part.numbers.count, 4 * tiles) * pixels + 40 * tiles * chunks
            }
        }
        let parts = cheapest(of: [whole, byRows, byTaps], cost)
        return parts.filter { !$0.rows.isEmpty && !$0.columns.isEmpty }.map { part in
            WeightPart(
                numbers: part.numbers, pixelsPerImage: part.rows.count * part.columns.count,
                starts: inputs.places(images: images, rows: part.rows, columns: part.columns),
                places: part.rows.count == rows.outputs && part.columns.count == columns.outputs
                    ? nil : outputs.places(images: images, rows: part.rows, columns: part.columns))
        }
    }
}
