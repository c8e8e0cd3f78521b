extension SearchSpace {
    /// Small convolutional networks for small images: two convolutions, each perhaps followed by max pooling, and perhaps
    /// a dense layer. 1,728 architectures.
    public static let smallCNN = described(
        "smallCNN",
        (1...2).flatMap { layer in
            [
                Decision("kernel \(layer)", ["1", "3", "5"]),
                Decision("filters \(layer)", ["8", "16", "24", "32"]),
                Decision("pooling \(layer)", ["none", "max"]),
            ]
        } + [Decision("dense", ["none", "32", "64"])],
        expert: [
            // What a textbook shows first, then wider, deeper and plainer variations of it.
            ["3", "16", "max", "3", "32", "max", "none"],
            ["3", "32", "none", "3", "32", "max", "64"],
            ["5", "16", "max", "3", "32", "none", "32"],
            ["3", "8", "max", "3", "16", "max", "none"],
            ["5", "8", "max", "1", "16", "none", "32"],
            ["1", "16", "max", "1", "16", "max", "64"],
        ])

    /// A space of this library's own, whose description makes sense.
    static func described(
        _ name: String, _ decisions: [Decision], fixed: [String: String] = [:], expert: [[String]]
    ) -> SearchSpace {
        do {
            return try SearchSpace(
                name: name, decisions: decisions, fixed: fixed,
                expert: expert.map { choices in
                    Dictionary(uniqueKeysWithValues: zip(decisions.map(\.name), choices))
                })
        } catch {
            preconditionFailure("the space '\(name)': \(error)")
        }
    }
}
