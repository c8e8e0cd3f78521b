import Autodiff
import Testing

/// Expects `∇` of a function of tensors to be what finite differences say.
///
/// A failure is at the line of the test that called, and shows the checker's report.
package func expectGradient(
    _ blocks: KeyValuePairs<String, Tensor<Double>>, sourceLocation: SourceLocation = #_sourceLocation,
    _ f: ([Tensor<Double>]) -> Tensor<Double>
) {
    expectPassed(GradientChecker().check(blocks, f), sourceLocation)
}

/// Expects `∇` of a function of tensors, each with its name, to be what finite differences say.
package func expectGradient(
    _ blocks: [(name: String, tensor: Tensor<Double>)], sourceLocation: SourceLocation = #_sourceLocation,
    _ f: ([Tensor<Double>]) -> Tensor<Double>
) {
    expectPassed(GradientChecker().check(blocks, f), sourceLocation)
}

/// Expects `∇` of a function of a model, with respect to all of its parameters, to be what finite differences say.
package func expectGradient<Model: Parameterized<Double>>(
    of model: Model, sourceLocation: SourceLocation = #_sourceLocation, _ f: (Model) -> Tensor<Double>
) {
    expectPassed(GradientChecker().check(of: model, f), sourceLocation)
}

private func expectPassed(_ report: GradientReport, _ sourceLocation: SourceLocation) {
    #expect(report.passed, "\(report)", sourceLocation: sourceLocation)
}
