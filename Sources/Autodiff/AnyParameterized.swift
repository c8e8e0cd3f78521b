/// Anything with parameters in `Double`, whichever it is: for notebooks, which know types only as they run.
package struct AnyParameterized: Parameterized, Sendable {
    package private(set) var base: any Parameterized<Double> & Sendable

    /// The model, wrapped once.
    package init(_ base: any Parameterized<Double> & Sendable) {
        self.base = (base as? AnyParameterized)?.base ?? base
    }

    package var parameters: [Parameter<Double>] {
        get { base.parameters }
        set {
            func opened<Model: Parameterized<Double> & Sendable>(_ model: Model) -> any Parameterized<Double> & Sendable
            {
                var model = model
                model.parameters = newValue
                return model
            }
            base = opened(base)
        }
    }
}
