import Testing

@testable import Autodiff

@Suite struct GraphTests {
    @Test func gradientIsWithRespectToParametersOnly() {
        let θ = Parameter("θ", Tensor([3.0, 4.0])), unused = Parameter("unused", Tensor([1.0]))
        let gradient = ∇(θ.tensor * θ.tensor).sum()
        #expect(gradient["θ"] == Tensor([6.0, 8.0]))
        #expect(gradient[unused] == nil)
        #expect(gradient.names == ["θ"])
        #expect(gradient.norm == 10)
    }

    @Test func aConstantHasAnEmptyGradient() {
        let gradient = ∇(Tensor([1.0, 2.0]) * 3).sum()
        #expect(gradient.isEmpty)
        #expect(gradient.description == "∇ = 0: nothing here depends on a parameter")
    }

    @Test func detachedValuesPassNoGradient() {
        let θ = Parameter("θ", Tensor([2.0]))
        #expect((∇(θ.tensor * θ.tensor.detached).sum())["θ"] == Tensor([2.0]))
    }

    @Test func aCopyOfAParameterKeepsItsValue() {
        var model = Line(slope: Parameter("slope", Tensor([1.0])))
        let old = model
        model += ∇(3 * model.slope.tensor).sum()
        #expect(model.slope.value == Tensor([4.0]))
        #expect(old.slope.value == Tensor([1.0]))
        // In one graph the two are different leaves.
        let gradient = ∇(model.slope.tensor * old.slope.tensor).sum()
        #expect(gradient[model.slope] == Tensor([1.0]))
        #expect(gradient[old.slope] == Tensor([4.0]))
    }

    /// A pullback that is wrong is added to what is known as a sum of tensors is: it broadcasts, and nothing is read beyond its end.
    @Test func gradientsOfAnotherShapeAreAddedAsTensorsAre() {
        let x = Parameter("x", Tensor([Double](repeating: 1, count: 100)))
        // The sum's gradient forgets to go to every element.
        func forgetful() -> Tensor<Double> {
            Tensor(x.value.sum(), from: [x.tensor]) { upstream, _ in [upstream, upstream, nil] }
        }
        let (early, late) = (forgetful(), x.tensor.sum())
        #expect((∇(early + late))["x"] == Tensor(repeating: 2, shape: [100]))
        let sum = x.tensor.sum()
        #expect((∇(sum + forgetful()))["x"] == Tensor(repeating: 2, shape: [100]))
        #expect((∇forgetful())["x"] == Tensor(1))
    }

    @Test func gradientsAddAndScale() {
        let a = Parameter("a", Tensor([1.0])), b = Parameter("b", Tensor([2.0]))
        let g = ∇(a.tensor * 3).sum(), h = ∇(a.tensor + b.tensor).sum()
        #expect((g + h)["a"] == Tensor([4.0]))
        #expect((g - h)["b"] == Tensor([-1.0]))
        #expect((2 * h).elements == [2, 2])
        #expect(g.dot(h) == 3)
    }

    @Test func aPolicyAndItsOlderCopyAreNotCountedTwice() {
        let old = Line(slope: Parameter("slope", Tensor([1.0])))
        var new = old
        new.slope.value = Tensor([5.0])
        let both = ∇(new.slope.tensor * old.slope.tensor).sum()
        let one = ∇(3 * new.slope.tensor).sum()
        #expect(both.dot(one) == 3)
        #expect((both + one)[new.slope] == Tensor([4.0]))
        #expect((both + one)[old.slope] == Tensor([5.0]))
    }

    @Test func manyOperationsInARowAreFreedWithoutRecursion() {
        let θ = Parameter("θ", Tensor(1.0))
        var y = θ.tensor
        for _ in 0..<200_000 { y = y + 1e-6 }
        #expect(abs(y.value - 1.2) < 1e-6)
        #expect((∇y)["θ"] == Tensor(1.0))
    }

    struct Line: Parameterized {
        var slope: Parameter<Double>
        var parameters: [Parameter<Double>] {
            get { [slope] }
            set { slope = newValue[0] }
        }
    }
}
