import ChildNet

extension SearchSpace {
    /// Small convolutional networks for small images: two convolutions, each perhaps followed by max pooling, and perhaps
    /// a dense layer. 1,728 architectures.
    public static let smallCNN = described(
        "smallCNN",
        (1...2).flatMap { layer in
            [
                Decision(LayerSetting(.kernel, layer), [1, 3, 5]),
                Decision(LayerSetting(.filters, layer), [8, 16, 24, 32]),
                Decision(LayerSetting(.pooling, layer), [.nothing, .layer(.maxPooling)]),
            ]
        } + [Decision(LayerSetting(.dense), [.nothing, 32, 64])],
        expert: [
            // What a textbook shows first, then wider, deeper and plainer variations of it.
            [3, 16, .layer(.maxPooling), 3, 32, .layer(.maxPooling), .nothing],
            [3, 32, .nothing, 3, 32, .layer(.maxPooling), 64],
            [5, 16, .layer(.maxPooling), 3, 32, .nothing, 32],
            [3, 8, .layer(.maxPooling), 3, 16, .layer(.maxPooling), .nothing],
            [5, 8, .layer(.maxPooling), 1, 16, .nothing, 32],
            [1, 16, .layer(.maxPooling), 1, 16, .layer(.maxPooling), 64],
        ])
}
