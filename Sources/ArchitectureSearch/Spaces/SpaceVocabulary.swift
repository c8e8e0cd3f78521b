import ChildNet

/// What a decision of a search space can be about: its name in the space, and what may be chosen.
///
/// `filters N` makes the N-th convolution; the others describe it, or the network as a whole.
enum DecisionKind: Hashable {
    /// `filters 1`: how many filters the convolution has.
    case filters(Int)
    /// `kernel 1`: the side of a square kernel.
    case kernel(Int)
    /// `height 1`, in place of `kernel 1`.
    case height(Int)
    /// `width 1`, in place of `kernel 1`.
    case width(Int)
    /// `stride 1`: how far the kernel moves.
    case stride(Int)
    /// `pooling 1`: none, max or mean of 2×2 blocks after the convolution.
    case pooling(Int)
    /// `skip 1-3`: whether the output of the first is an input of the second.
    case skip(from: Int, to: Int)
    /// `normalization`: none or batch, in every convolution.
    case normalization
    /// `head`: whether the last map is flattened, or each channel's mean is taken.
    case head
    /// `dropout`: the rate before the dense layers.
    case dropout
    /// `dense`: none, or the units of a dense layer before the classes.
    case dense

    /// The most convolutions that a space may describe.
    static let depthLimit = 64

    /// The kind of a decision's name; nil for a name that stands for nothing.
    init?(_ name: String) {
        let words = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words.count == 1 {
            switch words[0] {
            case "normalization": self = .normalization
            case "head": self = .head
            case "dropout": self = .dropout
            case "dense": self = .dense
            default: return nil
            }
            return
        }
        guard words.count == 2 else { return nil }
        // Numbers have one spelling, so that a name stands for one thing: 'kernel 01' is none.
        let numbers = words[1].split(separator: "-", omittingEmptySubsequences: false).map { text in
            Int(text).flatMap { String($0) == text ? $0 : nil } ?? 0
        }
        guard numbers.allSatisfy({ 1...Self.depthLimit ~= $0 }) else { return nil }
        switch (words[0], numbers.count) {
        case ("filters", 1): self = .filters(numbers[0])
        case ("kernel", 1): self = .kernel(numbers[0])
        case ("height", 1): self = .height(numbers[0])
        case ("width", 1): self = .width(numbers[0])
        case ("stride", 1): self = .stride(numbers[0])
        case ("pooling", 1): self = .pooling(numbers[0])
        case ("skip", 2) where numbers[0] < numbers[1]: self = .skip(from: numbers[0], to: numbers[1])
        default: return nil
        }
    }

    /// The name that stands for something and looks most like an unknown one.
    static func nearestName(to name: String) -> String {
        // Nobody means a name of hundreds of characters.
        let name = String(name.prefix(40))
        let layer = min(max(name.split(separator: " ").last.flatMap { Int($0) } ?? 1, 1), depthLimit)
        let of = ["filters", "kernel", "height", "width", "stride", "pooling"].map { "\($0) \(layer)" }
        return (of + ["skip 1-2", "normalization", "head", "dropout", "dense"]).min {
            $0.difference(from: name).count < $1.difference(from: name).count
        }!
    }

    /// Why that can't be chosen, or nil where it can.
    func problem(with choice: String) -> String? {
        func whole(_ range: ClosedRange<Int>) -> String? {
            Int(choice).map { range.contains($0) && String($0) == choice } == true
                ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        }
        func one(of names: String...) -> String? {
            names.contains(choice) ? nil : names.dropLast().joined(separator: ", ") + " or " + names.last!
        }
        let expected =
            switch self {
            case .filters: whole(1...4096)
            case .kernel, .height, .width: whole(1...64)
            case .stride: whole(1...64)
            case .pooling: one(of: "none", "max", "mean")
            case .skip: one(of: "no", "yes")
            case .normalization: one(of: "none", "batch")
            case .head: one(of: "flatten", "mean")
            case .dropout:
                Double(choice).map { 0..<1 ~= $0 && ["\($0)", "\($0)".withoutSuffix(".0")].contains(choice) } == true
                    ? nil : "a number from 0 up to, not including, 1, such as 0.5"
            case .dense: choice == "none" ? nil : whole(1...65_536).map { "none or " + $0 }
            }
        return expected.map { "'\(choice)' can't be chosen: expected \($0)" }
    }
}

extension String {
    /// Without that ending, where there is one: `0.0` as `0`.
    fileprivate func withoutSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

/// The layers that some choices describe; what is not decided is a 3×3 kernel, stride 1, and nothing else.
struct NetworkChoices {
    let choices: [DecisionKind: String]

    var layers: [Layer] {
        var layers: [Layer] = []
        // The number of the last layer that belongs to each convolution, and which of them something takes as its input.
        var ends = [0]
        var used: Set<Int> = []
        for i in 1...max(1, depth) where depth > 0 {
            let sources = inputs(of: i)
            used.formUnion(sources)
            if sources != [i - 1] { layers.append(.concatenation(of: sources.map { ends[$0] })) }
            layers.append(
                .convolution(
                    height: number(.height(i)) ?? number(.kernel(i)) ?? 3,
                    width: number(.width(i)) ?? number(.kernel(i)) ?? 3, filters: number(.filters(i))!,
                    stride: number(.stride(i)) ?? 1, normalized: choices[.normalization] == "batch"))
            switch choices[.pooling(i)] {
            case "max": layers.append(.maxPooling)
            case "mean": layers.append(.meanPooling)
            default: break
            }
            ends.append(layers.count)
        }
        // "All layer outputs that have not been connected" go to the classifier together.
        let loose = (0...depth).filter { $0 > 0 && !used.contains($0) }
        if loose.count > 1 { layers.append(.concatenation(of: loose.map { ends[$0] })) }
        if choices[.head] == "mean" { layers.append(.meanOverSpace) }
        if let rate = choices[.dropout].flatMap(Double.init), rate > 0 { layers.append(.dropout(rate: rate)) }
        if let units = number(.dense) { layers.append(.dense(units: units)) }
        return layers
    }

    private var depth: Int {
        choices.keys.reduce(0) { if case .filters(let i) = $1 { max($0, i) } else { $0 } }
    }

    /// The convolutions that are inputs of the i-th, 0 standing for the images.
    ///
    /// The one before is an input unless that is decided; a layer without any input gets the images (Zoph and Le 2017,
    /// section 3.3).
    private func inputs(of i: Int) -> [Int] {
        let sources = (1..<max(i, 1)).filter { j in
            choices[.skip(from: j, to: i)].map { $0 == "yes" } ?? (j == i - 1)
        }
        return sources.isEmpty ? [0] : sources
    }

    private func number(_ kind: DecisionKind) -> Int? { choices[kind].flatMap { Int($0) } }
}
