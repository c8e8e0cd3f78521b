/// A network as the words of its layers describe it: convolutions, each with its inputs and what stands right behind it, and what
/// stands behind all of them. What is not said is a 3×3 kernel, stride 1, and nothing else.
package struct NetworkPlan: Sendable {
    /// A convolution with what belongs to it.
    struct Block: Sendable {
        var convolution = ConvolutionLayer(height: 3, width: 3, filters: 1)
        /// For the numbers of convolutions before, whether their output is an input of this one; where nothing is said, that of
        /// the one just before is.
        var takes: [Int: Bool] = [:]
        /// The layers right behind it.
        var behind: [Layer] = []
    }
    /// Their numbers count from 1; 0 stands for the images.
    var blocks: [Block]
    /// The layers behind all convolutions.
    var end: [Layer] = []

    /// - Parameter settings: for every convolution its filters.
    package init(_ settings: [LayerSetting: LayerChoice]) {
        let depth = settings.keys.filter { $0.word == .filters }.map { $0.numbers[0] }.max() ?? 0
        blocks = Array(repeating: Block(), count: depth)
        // Whatever their order in a file, a word finds written what stands before it in the list of words.
        let said = Dictionary(grouping: settings, by: \.key.word)
        for word in LayerWord.all {
            for (setting, choice) in said[word] ?? [] { word.write(&self, setting.numbers, choice) }
        }
    }

    /// The layers, in order.
    package var layers: [Layer] {
        var layers: [Layer] = []
        // The number of the last layer that belongs to each convolution, and which of them something takes as its input.
        var ends = [0]
        var used: Set<Int> = []
        for (i, block) in blocks.enumerated() {
            let sources = inputs(of: i + 1)
            used.formUnion(sources)
            if sources != [i] { layers.append(.concatenation(of: sources.map { ends[$0] })) }
            layers.append(Layer(block.convolution))
            layers += block.behind
            ends.append(layers.count)
        }
        // "All layer outputs that have not been connected" go to the classifier together.
        let loose = ends.indices.filter { $0 > 0 && !used.contains($0) }
        if loose.count > 1 { layers.append(.concatenation(of: loose.map { ends[$0] })) }
        return layers + end
    }

    /// The convolutions that are inputs of that one, 0 standing for the images. Without any it gets the images (Zoph and Le 2017,
    /// section 3.3).
    private func inputs(of number: Int) -> [Int] {
        let sources = (1..<number).filter { blocks[number - 1].takes[$0] ?? ($0 == number - 1) }
        return sources.isEmpty ? [0] : sources
    }
}
