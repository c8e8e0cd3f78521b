import Autodiff
import TextDisplay

/// A trajectory τ = (s₀, a₀, r₀, s₁, a₁, r₁, …): what happened in one episode.
public struct Trajectory<State: Hashable & Sendable>: Sendable, Equatable {
    /// One time step: the state, the action taken in it, and the reward that followed.
    public struct Step: Sendable, Equatable {
        /// sᵢ
        public let state: State
        /// aᵢ
        public let action: Int
        /// rᵢ
        public let reward: Double

        /// A time step.
        public init(state: State, action: Int, reward: Double) {
            self.state = state
            self.action = action
            self.reward = reward
        }
    }

    /// The time steps in order.
    public let steps: [Step]
    /// The state after the last action.
    public let finalState: State

    /// A trajectory of the given steps.
    public init(steps: [Step], finalState: State) {
        self.steps = steps
        self.finalState = finalState
    }

    /// The states s₀, s₁, … in which actions were taken.
    public var states: [State] {
        @specialized(where State == AnyState)
        get { steps.map { $0.state } }
    }
    /// The actions a₀, a₁, …
    public var actions: [Int] {
        @specialized(where State == AnyState)
        get { steps.map { $0.action } }
    }
    /// The rewards r₀, r₁, …
    public var rewards: [Double] {
        @specialized(where State == AnyState)
        get { steps.map { $0.reward } }
    }
    /// The number of time steps.
    public var count: Int { steps.count }

    /// The same trajectory with a reward that comes with the last action and takes the place of the others.
    ///
    /// What an architecture is worth is known only once it is trained, long after its choices were made.
    public func rewarded(_ reward: Double) -> Trajectory {
        Trajectory(
            steps: steps.indices.map { i in
                Step(state: steps[i].state, action: steps[i].action, reward: i == steps.count - 1 ? reward : 0)
            }, finalState: finalState)
    }

    /// The return r(τ) = Σᵢ rᵢ, the sum of all rewards.
    public var `return`: Double {
        @specialized(where State == AnyState)
        get { steps.reduce(0) { $0 + $1.reward } }
    }

    /// The discounted return Σᵢ γⁱ rᵢ: what comes later counts less.
    ///
    /// - Parameter γ: the discount, 0 to 1; with 1 it is ``return``.
    public func discountedReturn(_ γ: Double) -> Double {
        require(PolicyGradient.problem(withDiscount: γ))
        return rewardsToGo(discount: γ).first ?? 0
    }

    /// The reward-to-go of each step, Σⱼ≥ᵢ rⱼ: what was still to come when action aᵢ was taken.
    public var rewardsToGo: [Double] { rewardsToGo(discount: 1) }

    /// The discounted reward-to-go of each step, Gᵢ = Σⱼ≥ᵢ γʲ⁻ⁱ rⱼ, by Gᵢ = rᵢ + γ Gᵢ₊₁ from the end.
    @specialized(where State == AnyState)
    public func rewardsToGo(discount γ: Double) -> [Double] {
        require(PolicyGradient.problem(withDiscount: γ))
        var rest = 0.0
        return steps.reversed().map {
            rest = $0.reward + γ * rest
            return rest
        }.reversed()
    }
}

extension Trajectory.Step: CustomStringConvertible {
    /// The state, the action and the reward: `state 0, action 1, reward -0.04`.
    public var description: String { "state \(state), action \(action), reward \(formatted(reward))" }
}

extension Trajectory: CustomStringConvertible {
    /// The states, with the action between each two, and the return: `0 ─1→ 1 ─2→ 4   r(τ) = -0.08`.
    public var description: String {
        var text = ""
        for (i, step) in steps.enumerated() {
            if i == 8 && steps.count > 12 { text += "… " }
            if i >= 8 && i < steps.count - 2 && steps.count > 12 { continue }
            text += "\(step.state) ─\(step.action)→ "
        }
        return text + "\(finalState)   r(τ) = \(formatted(self.return))"
    }
}

/// Why a number is no discount, or nil where it is one.
package func problem(withDiscount γ: Double) -> InvalidArgument? {
    0...1 ~= γ ? nil : InvalidArgument("a discount is 0 to 1; not \(formatted(γ))")
}
