import Autodiff

/// How images stand in memory: the pixel [image, y, x] at first + image · `image` + y · `row` + x · `pixel`.
struct PixelLayout: Sendable {
    var first = 0
    let image: Int
    let row: Int
    let pixel: Int

    /// Where some rows and columns of each of some images stand, image by image and row by row.
    func places(images: Int, rows: Range<Int>, columns: Range<Int>) -> Scratch<Int> {
        let places = scratch(Int.self, count: images * rows.count * columns.count)
        var next = 0
        for n in 0..<images {
            for y in rows {
                for x in columns {
                    places.elements[next] = first + n * image + y * row + x * pixel
                    next += 1
                }
            }
        }
        return places
    }
}

extension PixelLayout {
    /// Images one behind the other.
    init(height: Int, width: Int, channels: Int) {
        self.init(image: height * width * channels, row: width * channels, pixel: channels)
    }
}
