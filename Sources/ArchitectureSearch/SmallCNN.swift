import ChildNet

extension SearchSpace {
    /// Small convolutional networks for small images: two convolutions, each perhaps followed by max pooling, and perhaps
    /// a dense layer. 1,728 architectures.
    public static let smallCNN = SearchSpace(
        name: "smallCNN",
        decisions: (1...2).flatMap { layer in
            [
                Decision("kernel \(layer)", ["1", "3", "5"]),
                Decision("filters \(layer)", ["8", "16", "24", "32"]),
                Decision("pooling \(layer)", ["none", "max"]),
            ]
        } + [Decision("dense", ["none", "32", "64"])],
        expertChoices: [
            // What a textbook shows first, then wider, deeper and plainer variations of it.
            ["3", "16", "max", "3", "32", "max", "none"],
            ["3", "32", "none", "3", "32", "max", "64"],
            ["5", "16", "max", "3", "32", "none", "32"],
            ["3", "8", "max", "3", "16", "max", "none"],
            ["5", "8", "max", "1", "16", "none", "32"],
            ["1", "16", "max", "1", "16", "max", "64"],
        ]
    ) { choices in
        var layers: [Layer] = []
        for layer in 0..<2 {
            let size = Int(choices[3 * layer])!
            layers.append(.convolution(height: size, width: size, filters: Int(choices[3 * layer + 1])!))
            if choices[3 * layer + 2] == "max" { layers.append(.maxPooling) }
        }
        if let units = Int(choices[6]) { layers.append(.dense(units: units)) }
        return layers
    }

    /// The spaces by name.
    public static let named: [String: SearchSpace] = [smallCNN.name: smallCNN]
}
