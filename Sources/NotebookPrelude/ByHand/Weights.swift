import Notebook
import PolicyGradient
import TextDisplay

/// Weights from a closure of the notebook, which has to give one number for each step: it is asked while an estimator is at
/// work, which has no use for another count.
func addWeightsFromClosures(to library: inout Library) {
    library.add(.function, "StepWeights(_: String, _: (Trajectory) -> [Double])") { a in
        let name: String = try a.take(0)
        let f: Callback = try a.take(1)
        return StepWeights<AnyState>(name) { τ in
            f.noting(or: [Double](repeating: 0, count: τ.count)) {
                let weights = try f(τ.bridged, returning: [Double].self)
                try demand(StepWeights.problem(name, giving: [weights], for: [τ]))
                return weights
            }
        }.bridged
    }
    library.add(.function, "StepWeights(_: String, ofBatch: ([Trajectory]) -> [[Double]])") { a in
        let name: String = try a.take(0)
        let f: Callback = try a.take(1)
        return StepWeights<AnyState>(
            name,
            ofBatch: { batch in
                f.noting(or: batch.map { [Double](repeating: 0, count: $0.count) }) {
                    let weights = try f(batch.bridged, returning: [[Double]].self)
                    try demand(StepWeights.problem(name, giving: weights, for: batch))
                    return weights
                }
            }
        ).bridged
    }
}
