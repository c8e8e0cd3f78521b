/// Exercise 5. The discounted reward-to-go of every time step.
///
/// Gᵢ = Σⱼ≥ᵢ γʲ⁻ⁱ rⱼ: what is still to come from step i on, the reward of step i included.
///
/// - Parameters:
///   - rewards: r₀, r₁, …; there may be none.
///   - γ: the discount, 0 to 1.
/// - Returns: G₀, G₁, …, as many as there are rewards. One pass from the end is enough.
public func rewardsToGo(of rewards: [Double], discount γ: Double) throws -> [Double] {
    throw NotAttempted()
}
