import Autodiff
import TestSupport
import Testing

/// What the tests of gradients expect can fail, and a failure is at the line that expected it.
@Suite struct ExpectGradientTests {
    /// Σ x², with 3x for its gradient.
    private static func wrong(_ x: Tensor<Double>) -> Tensor<Double> {
        let values = x.detached
        return Tensor((values * values).sum(), from: [x]) { upstream, _ in [3 * upstream.value * values] }
    }

    private struct Model: Parameterized {
        var parameters = [Parameter("weights", Tensor([0.5, -1]))]
    }

    private static func isReported(_ issue: Issue, of parameter: String, at line: Int) -> Bool {
        issue.sourceLocation?.fileID == #fileID && issue.sourceLocation?.line == line
            && issue.comments.contains { $0.rawValue.contains(parameter) }
    }

    @Test func aWrongGradientIsReportedAtTheLineOfItsTest() {
        withKnownIssue {
            expectGradient(["first": Tensor([0.5, -1])]) { Self.wrong($0[0]) }
        } matching: {
            Self.isReported($0, of: "first", at: #line - 2)
        }
        withKnownIssue {
            expectGradient([(name: "second", tensor: Tensor([0.5, -1]))]) { Self.wrong($0[0]) }
        } matching: {
            Self.isReported($0, of: "second", at: #line - 2)
        }
        withKnownIssue {
            expectGradient(of: Model()) { Self.wrong($0.parameters[0].tensor) }
        } matching: {
            Self.isReported($0, of: "weights", at: #line - 2)
        }
    }
}
