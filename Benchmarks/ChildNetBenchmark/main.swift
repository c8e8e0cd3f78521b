import ArchitectureSearch
import Autodiff
import ChildNet
import Foundation
import Synchronization
import TextDisplay

// How fast children train: images a second on one core and on all, and the share of the machine's peak that this is.
// The images are noise: what is timed does not depend on what they show.

/// The seconds that one call takes: the best of some rounds, each long enough to be measured.
func best(rounds: Int = 5, atLeast seconds: Double = 0.25, _ body: () -> Void) -> Double {
    times(rounds: rounds, atLeast: seconds, body).min()!
}

/// The seconds that one call takes, in each of some rounds.
func times(rounds: Int, atLeast seconds: Double, _ body: () -> Void) -> [Double] {
    body()
    var count = 1
    return (0..<rounds).map { _ in
        let start = ContinuousClock.now
        var elapsed = 0.0
        var calls = 0
        repeat {
            for _ in 0..<count { body() }
            calls += count
            elapsed = start.duration(to: .now).seconds
            // The clock is asked often enough for the round to end in time, and seldom enough to cost nothing.
            if elapsed < seconds / 16 { count *= 2 }
        } while elapsed < seconds
        return elapsed / Double(calls)
    }
}

/// The most images a second of several rounds; a child whose rounds differ by more than a tenth, because the machine did
/// something else meanwhile, is measured again, three times at most.
struct Rate {
    private(set) var imagesPerSecond = 0.0
    /// By how much the two best rounds differ, as a share.
    private(set) var spread = 1.0
    private(set) var repeats = 0
    private var rounds: [Double] = []

    /// - Parameter measure: images a second of each round.
    init(_ measure: () -> [Double]) {
        add(measure)
    }

    /// Measures again, at another moment: what the machine did meanwhile may be over.
    mutating func add(_ measure: () -> [Double]) {
        var repeats = 0
        while true {
            rounds += measure()
            let sorted = rounds.sorted(by: >)
            imagesPerSecond = sorted[0]
            // The best says what the machine can do where another one comes close to it.
            spread = 1 - sorted[min(2, sorted.count - 1)] / sorted[0]
            if spread <= 0.1 || repeats == 3 { return }
            repeats += 1
            self.repeats += 1
        }
    }
}

/// How many processes wanted a core in the last minute, and how many are running now beside this one.
func load() -> String {
    let fields = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ") ?? []
    guard fields.count > 3, let running = fields[3].split(separator: "/").first.flatMap({ Int($0) }) else {
        return "unknown"
    }
    return "\(fields[0]) over the last minute, \(max(0, running - 1)) other running now"
}

/// What the processor calls itself.
func processorName() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ name: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: ":").last.map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }
    guard let model = field("model name") else { return "processor without a name" }
    return "\(model) (family \(field("cpu family") ?? "?"), model \(field("model\t") ?? "?"))"
}

/// A training step on one batch again and again.
final class Trainer {
    private var network: Network<Float>
    private var optimizer = SGD<Float>(learningRate: 1e-4, momentum: 0.9, weightDecay: 1e-4)
    private let images: Tensor<Float>
    private let labels: [Int]
    private var generator: RandomGenerator

    init(_ child: Child, seed: Int) {
        generator = RandomGenerator(seed: seed)
        network = child.network(seed: seed)
        images = generator.normalTensor(
            shape: [child.batch, child.input.height, child.input.width, child.input.channels])
        var drawn = generator
        labels = (0..<child.batch).map { _ in drawn.uniform(below: 10) }
    }

    func step() {
        let loss = softmaxCrossEntropy(network.trainingLogits(images, using: &generator), labels: labels)
        optimizer.update(&network, with: ∇loss)
    }
}

/// What a training step takes of memory, in MiB, beside what it can't do without: every layer's output and its gradient
/// (of a normalized convolution's two), the images, and each parameter with its gradient and its velocity. And how often
/// it asks the system for more once it is under way.
func memory(of child: Child) -> (peak: Double, need: Double, requests: Int) {
    let before = TensorMemory.bytesInUse
    let trainer = Trainer(child, seed: 1)
    for _ in 0..<3 { trainer.step() }
    TensorMemory.resetPeak()
    let requests = TensorMemory.systemRequests
    for _ in 0..<3 { trainer.step() }
    let summaries = child.network(seed: 1).summaries
    let outputs = summaries.reduce(0) { sum, summary in
        sum + (summary.layer.kind.normalizedChannels > 0 ? 2 : 1) * summary.output.count
    }
    let numbers = (child.input.count + 2 * outputs) * child.batch + 3 * summaries.reduce(0) { $0 + $1.parameters }
    let mebibyte = Double(1 << 20)
    return (
        Double(TensorMemory.peakBytes - before) / mebibyte, Double(4 * numbers) / mebibyte,
        TensorMemory.systemRequests - requests
    )
}

/// The seconds of a convolution's forward pass and of its two gradients, without those of the sum that is differentiated.
func passes(
    _ images: [Int], _ weights: [Int], stride: Int, wantsInputs: Bool
) -> (forward: Double, inputs: Double, weights: Double) {
    var generator = RandomGenerator(seed: 1)
    let x = Parameter<Float>("x", generator.normalTensor(shape: images))
    let w = Parameter<Float>("w", generator.normalTensor(shape: weights))
    let b = Tensor<Float>(repeating: 0, shape: [weights[3]])
    func y(_ x: Tensor<Float>, _ w: Tensor<Float>) -> Tensor<Float> {
        convolution(x, w, bias: b, stride: stride, rectified: true)
    }
    func time(_ body: () -> Void) -> Double { best(rounds: 3, atLeast: 0.05, body) }
    let z = Parameter("z", y(x.value, w.value))
    let forward = time { _ = y(x.value, w.value) }, sum = time { _ = ∇z.tensor.sum() }
    func gradient(_ x: Tensor<Float>, _ w: Tensor<Float>) -> Double {
        max(1e-9, time { _ = ∇y(x, w).sum() } - forward - sum)
    }
    return (forward, wantsInputs ? gradient(x.tensor, w.value) : 0, gradient(x.value, w.tensor))
}

/// The seconds of the forward passes and of the two gradients of all of a child's convolutions and dense layers.
func parts(of child: Child, only number: Int? = nil) -> (forward: Double, inputs: Double, weights: Double) {
    var sums = (forward: 0.0, inputs: 0.0, weights: 0.0)
    for (n, product) in child.products.enumerated() where number == nil || number == n {
        let times = passes(product.images, product.weights, stride: product.stride, wantsInputs: product.wantsInputs)
        sums.forward += times.forward
        sums.inputs += times.inputs
        sums.weights += times.weights
    }
    return sums
}

/// Each layer's own rates, for finding what a shape costs.
func printLayers(of child: Child) {
    for (n, product) in child.products.enumerated() {
        let part = parts(of: child, only: n)
        let flops = Child.flops(product.images, product.weights, product.stride)
        print(
            "      \(product.layer) on \(product.images[1])×\(product.images[2])×\(product.images[3])".padding(
                toLength: 66, withPad: " ", startingAt: 0)
                + rightAligned(rounded(flops / part.forward / 1e9), 9)
                + rightAligned(product.wantsInputs ? rounded(flops / part.inputs / 1e9) : "", 10)
                + rightAligned(rounded(flops / part.weights / 1e9), 11))
    }
}

func rightAligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

func rounded(_ x: Double, _ digits: Int = 0) -> String { String(format: "%.\(digits)f", x) }

if let place = CommandLine.arguments.firstIndex(of: "--profile"), place + 1 < CommandLine.arguments.count,
    let child = (Child.named + Child.sampled).first(where: { $0.name == CommandLine.arguments[place + 1] })
{
    // Training steps and nothing else, for a profiler and for comparing two builds.
    let trainer = Trainer(child, seed: 1)
    let rates = times(rounds: 10, atLeast: 0.2) { trainer.step() }.map { Double(child.batch) / $0 }.sorted(by: >)
    print("\(child.name): \(rounded(rates[0])) images/s, third best \(rounded(rates[2]))")
    exit(0)
}

let cores = ProcessInfo.processInfo.activeProcessorCount
let peak = Peak.gigaflops()
/// What part of the peak that many GFLOP/s are.
func share(_ gigaflops: Double) -> String { peak.map { rounded(100 * gigaflops / $0) + " %" } ?? "-" }
print(
    "\(processorName()); one core's peak of fused multiply-adds: \(peak.map { rounded($0) + " GFLOP/s" } ?? "it has none"); "
        + "\(cores) cores; load \(load())\n"
)
if CommandLine.arguments.contains("--shapes") {
    printShapes()
    exit(0)
}
print(
    "child   images/s   GFLOP/s   of peak   images/s on \(cores) cores   scaling |  forward  d inputs  d weights (GFLOP/s)   rest of the step |  MiB   of need   new"
)
let chosen = CommandLine.arguments.firstIndex(of: "--children").map { place in
    CommandLine.arguments[(place + 1)...].prefix { !$0.hasPrefix("--") }
}
let known = (Child.named + Child.sampled).map(\.name)
if let unknown = chosen?.first(where: { !known.contains($0) }) {
    FileHandle.standardError.write(
        Data("there is no child '\(unknown)': there are \(known.joined(separator: ", "))\n".utf8))
    exit(2)
}
let python = CommandLine.arguments.firstIndex(of: "--peers").map { CommandLine.arguments[$0 + 1] }
var ratios: [(name: String, ratio: Double)] = []
var summary: [String: Double] = [:]
for child in Child.named + Child.sampled where chosen.map({ $0.contains(child.name) }) ?? true {
    // Through a pipe, too, each line comes as soon as it is known.
    defer { fflush(nil) }
    let trainer = Trainer(child, seed: 1)
    let aloneRate = Rate { times(rounds: 5, atLeast: 0.4) { trainer.step() }.map { Double(child.batch) / $0 } }
    let alone = aloneRate.imagesPerSecond
    // One child on each core at once: the sum of each one's best round, then of each one's second, and so on.
    func together() -> [Double] {
        let results = Mutex([[Double]]())
        DispatchQueue.concurrentPerform(iterations: cores) { core in
            let trainer = Trainer(child, seed: core)
            let rates = times(rounds: 5, atLeast: 0.4) { trainer.step() }.map { Double(child.batch) / $0 }
            results.withLock { $0.append(rates.sorted(by: >)) }
        }
        let rounds = results.withLock { $0 }
        return rounds[0].indices.map { round in rounds.reduce(0) { $0 + $1[round] } }
    }
    var togetherRate = Rate(together)
    let part = parts(of: child), memory = memory(of: child)
    let flops = child.forwardFlops * Double(child.batch)
    let inputFlops = child.inputGradientFlops * Double(child.batch)
    let step = Double(child.batch) / alone
    let rest = step - part.forward - part.inputs - part.weights
    print(
        rightAligned(child.name, 5) + rightAligned(rounded(alone), 11)
            + rightAligned(rounded(alone * child.trainingFlops / 1e9), 10)
            + rightAligned(share(alone * child.trainingFlops / 1e9), 10)
            + rightAligned(rounded(togetherRate.imagesPerSecond), 22)
            + rightAligned(rounded(togetherRate.imagesPerSecond / alone, 2), 10) + " |"
            + rightAligned(rounded(flops / part.forward / 1e9), 9)
            + rightAligned(rounded(inputFlops / part.inputs / 1e9), 10)
            + rightAligned(rounded(flops / part.weights / 1e9), 11)
            + rightAligned(rounded(100 * rest / step) + " %", 29) + " |" + rightAligned(rounded(memory.peak), 5)
            + rightAligned(rounded(memory.peak / memory.need, 2), 10) + rightAligned("\(memory.requests)", 6))
    for (rate, place) in [(aloneRate, "one core"), (togetherRate, "\(cores) cores")] where rate.repeats > 0 {
        print(
            "      on \(place) measured \(rate.repeats + 1) times: its best rounds differ by \(rounded(100 * rate.spread)) %; "
                + "load \(load())")
    }
    if CommandLine.arguments.contains("--layers") { printLayers(of: child) }
    if child.name == "C" {
        summary["peak_share_c"] = peak.map { alone * child.trainingFlops / 1e9 / $0 }
        summary["scaling_\(cores)"] = togetherRate.imagesPerSecond / alone
    }
    if let python {
        guard var peer = Peer.measure(child, python: python) else {
            print("      PyTorch does not run with \(python)")
            continue
        }
        // Both again, in turn: what else the machine did, which may take half of it, then meets neither of them alone.
        for _ in 0..<3 {
            togetherRate.add(together)
            if let again = Peer.measure(child, python: python, configuration: peer.configuration) {
                peer.imagesPerSecond = max(peer.imagesPerSecond, again.imagesPerSecond)
            }
        }
        let ratio = togetherRate.imagesPerSecond / peer.imagesPerSecond
        ratios.append((child.name, ratio))
        print(
            "      PyTorch's best, \(peer.configuration): \(rounded(peer.imagesPerSecond)) images/s; "
                + "ChildNet's \(rounded(togetherRate.imagesPerSecond)) are \(rounded(ratio, 2)) times as many")
    }
}
print(
    """
    \nFLOPs are counted as the sums that a convolution is. Winograd's filtering takes fewer multiplications, so that there may \
    be more of them than the processor could do.
    """)
if chosen == nil && python == nil { printShapes() }
if !ratios.isEmpty {
    summary["ratio_geomean"] = exp(ratios.reduce(0) { $0 + log($1.ratio) } / Double(ratios.count))
    summary["ratio_min"] = ratios.map(\.ratio).min()
}
let figures = summary.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\(rounded($0.value, 3))" }
print("{" + figures.joined(separator: ",") + "}")
