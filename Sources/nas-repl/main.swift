import Autodiff
import ChildNet
let clock = ContinuousClock()
for layers: [Layer] in [[.convolution(height: 3, width: 3, filters: 16), .convolution(height: 3, width: 3, filters: 32), .maxPooling],
  [.convolution(height: 5, width: 5, filters: 32), .convolution(height: 5, width: 5, filters: 32), .dense(units: 64)], [.convolution(height: 1, width: 1, filters: 8), .maxPooling]] {
  for e in [12] {
  let n = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
  var r: TrainedNetwork<Float>?
  let t = clock.measure { r = train(n, on: digits, settings: TrainingSettings(epochs: e), seed: 1) }
  print(n); print(r!.validationAccuracies, accuracy(of: r!.network, on: digits, .test), t, Double(e)*1197/(Double(t.components.seconds)+Double(t.components.attoseconds)*1e-18), "img/s")
  }
}
