import PolicyGradient

extension SearchSpace {
    /// The search as a world: the state is what was chosen so far, the action is the next choice, and the reward comes with
    /// the last one. A ``Controller`` is a policy in it, and the policy gradient needs nothing else.
    ///
    ///     let world = SearchSpace.smallCNN.world { architecture in Double(architecture.tokens[0]) }
    ///     let π = Controller(for: world, seed: 1)
    ///     surrogate(π, rollouts(π, in: world, count: 8, seed: 1))
    ///
    /// - Parameter reward: what an architecture is worth, such as the validation accuracy of its trained network.
    public func world(reward: @escaping @Sendable (Architecture) -> Double) -> TokenWorld {
        TokenWorld(choices: decisions.map(\.choices.count)) { tokens in reward(Architecture(tokens)) }
    }
}
