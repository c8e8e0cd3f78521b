import ChildNet
import TextDisplay

extension SearchSpace {
    /// The paper's space with its first depth, six convolutions, and skip connections: see
    /// ``zoph(depth:strides:skipConnections:)``.
    public static let zoph = zoph(depth: 6)

    /// The search space of Zoph and Le 2017, section 4.1: for each convolution the height and the width of its kernel, 1, 3,
    /// 5 or 7, its filters, 24, 36, 48 or 64, perhaps its stride, 1, 2 or 3, and which of the convolutions before are its
    /// inputs.
    ///
    /// Every convolution is followed by batch normalization and a ReLU. Inputs are joined in depth, smaller maps framed by
    /// zeros; a convolution without an input takes the images, and the outputs that nothing takes are joined at the end
    /// (section 3.3). The mean of each channel then goes to the classes.
    ///
    /// - Parameters:
    ///   - depth: the number of convolutions, 1 to 64.
    ///   - strides: whether strides are decided; otherwise they are 1.
    ///   - skipConnections: whether inputs are decided; otherwise each convolution takes the one before.
    public static func zoph(depth: Int, strides: Bool = false, skipConnections: Bool = true) -> SearchSpace {
        require(1...LayerSetting.depthLimit ~= depth, "depth is 1 to \(LayerSetting.depthLimit); not \(depth)")
        let kernel: [LayerChoice] = [1, 3, 5, 7]
        let decided = (1...depth).flatMap { layer -> [(setting: LayerSetting, choices: [LayerChoice])] in
            [
                (LayerSetting(.height, layer), kernel), (LayerSetting(.width, layer), kernel),
                (LayerSetting(.filters, layer), [24, 36, 48, 64]),
            ] + (strides ? [(LayerSetting(.stride, layer), [1, 2, 3])] : [])
                + (skipConnections
                    ? (1..<layer).map { (LayerSetting(.skip, $0, layer), [.nothing, .yes]) } : [])
        }
        /// Plain chains of one kernel, which is what people built first.
        func chain(_ kernel: LayerChoice, _ filters: LayerChoice) -> [LayerChoice] {
            decided.map { setting, _ in
                switch setting.word {
                case .height, .width: kernel
                case .filters: filters
                case .skip: setting.numbers[0] == setting.numbers[1] - 1 ? .yes : .nothing
                default: 1
                }
            }
        }
        let name = "zoph-\(depth)" + (strides ? "-strides" : "") + (skipConnections ? "" : "-chain")
        return described(
            name == "zoph-6" ? "zoph" : name, decided.map { Decision($0.setting, $0.choices) },
            fixed: [LayerSetting(.normalization): .yes, LayerSetting(.head): .layer(.meanOverSpace)],
            expert: [chain(3, 36), chain(3, 64), chain(5, 36), chain(3, 24), chain(5, 64)])
    }

    /// The space of a name: `smallCNN`, `zoph`, or `zoph` with its depth and what it decides, such as `zoph-8`,
    /// `zoph-4-strides`, `zoph-4-chain` (no skip connections), `zoph-4-strides-chain`; or of a JSON file (see
    /// ``init(file:)``).
    ///
    /// - Throws: ``InvalidArgument`` for a name that stands for no space, and for a file that describes none.
    public static func named(_ name: String) throws -> SearchSpace {
        if name.hasSuffix(".json") { return try SearchSpace(file: name) }
        if name == smallCNN.name { return smallCNN }
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        if parts[0] == "zoph" {
            let options = parts.dropFirst(2).map(String.init)
            let depth = parts.count > 1 ? Int(parts[1]) : 6
            if let depth, 1...LayerSetting.depthLimit ~= depth,
                [[], ["strides"], ["chain"], ["strides", "chain"]].contains(options)
            {
                return zoph(
                    depth: depth, strides: options.contains("strides"), skipConnections: !options.contains("chain"))
            }
        }
        throw InvalidArgument(
            "unknown space '\(name)': there are smallCNN, zoph (with a depth of 1 to \(LayerSetting.depthLimit), and what it "
                + "decides: zoph-8, zoph-4-strides, zoph-4-chain) and files that end with .json")
    }
}
