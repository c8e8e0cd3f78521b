import Autodiff
import PolicyGradient
import TestSupport
import Testing

@Suite struct PolicyTests {
    static let world = GridWorld(rows: 2, columns: 2, horizon: 3)
    static let policies: [any FinitePolicy] = [
        SoftmaxPolicy(for: world, seed: 1), LinearPolicy(for: world, seed: 1),
        NetworkPolicy(for: world, hidden: 5, seed: 1),
    ]

    @Test(arguments: policies.indices) func probabilitiesAddUpToOne(_ i: Int) {
        for state in 0..<4 {
            #expect(abs(Self.policies[i].probabilities(in: state).reduce(0, +) - 1) < 1e-12)
        }
    }

    @Test(arguments: policies.indices) func manyAtOnceIsOneByOne(_ i: Int) {
        func check(_ π: some FinitePolicy) {
            let (actions, states) = ([0, 3, 1, 3], [2, 0, 2, 1])
            let together = π.logProbabilities(of: actions, in: states).elements
            let alone = zip(actions, states).map { π.logProbabilities(in: $1).elements[$0] }
            #expect(zip(together, alone).allSatisfy { abs($0 - $1) < 1e-12 })
        }
        check(Self.policies[i])
    }

    @Test(arguments: policies.indices) func gradientsAgreeWithFiniteDifferences(_ i: Int) {
        func check(_ π: some FinitePolicy) {
            let τ = rollout(π, in: Self.world, seed: 3)
            expectGradient(of: π) { $0.logProbability(of: τ) }
            expectGradient(of: π) { expectedReturn($0, in: Self.world) }
        }
        check(Self.policies[i])
    }

    /// E[∇log π(τ)] = 0 and E[∇log π(τ) r(τ)] = ∇J for each of them.
    @Test(arguments: policies.indices) func theLogDerivativeTrickHolds(_ i: Int) {
        func check(_ π: some FinitePolicy) {
            let zero = [Double](repeating: 0, count: π.parameterCount)
            #expect(exactMoments(of: .one, π, in: Self.world).worstDeviation(from: zero) == 0)
            let truth = (∇expectedReturn(π, in: Self.world)).elements
            #expect(exactMoments(of: .totalReturn, π, in: Self.world).worstDeviation(from: truth) == 0)
        }
        check(Self.policies[i])
    }

    @Test func aLinearPolicyCannotTellStatesOfTheSameFeaturesApart() {
        let π = LinearPolicy(for: Self.world, seed: 1)
        #expect(π.parameterCount == 12)
        #expect(π.features.elements == [1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1])
    }

    @Test func scoresAreTheGradientsOfLogProbabilities() {
        let π = SoftmaxPolicy(for: Self.world, seed: 1)
        let score = π.score(of: 2, in: 1)
        let p = π.probabilities(in: 1)
        // ∂ log π(a|s) / ∂θₛᵦ = [a = b] − π(b|s)
        for b in 0..<4 { #expect(abs(score[4 + b] - ((b == 2 ? 1 : 0) - p[b])) < 1e-12) }
        #expect(score[..<4].allSatisfy { $0 == 0 })
    }
}

@Suite struct SearchWorldTests {
    let rewards = [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]

    /// The environment is deterministic, so that its log-probability is zero and p(s′|s, a) = [s′ = a].
    @Test func oneArchitectureAStepBecomesTheNextState() {
        let world = ArchitectureWorld(rewards: rewards, steps: 3)
        let π = SoftmaxPolicy(for: world, seed: 1)
        for τ in rollouts(π, in: world, count: 20, seed: 1) {
            #expect(Array(τ.states.dropFirst()) + [τ.finalState] == τ.actions)
            #expect(τ.rewards == τ.actions.map { rewards[$0] })
            #expect(world.logProbability(of: τ).value == 0)
        }
        #expect(trajectoryCount(in: world) == 216)
        #expect(abs(optimalReturn(in: world) - 2.7) < 1e-12)
    }

    @Test func tokensAreStatesThatGrow() {
        let world = TokenWorld(choices: [2, 3], rewards: rewards)
        #expect(trajectoryCount(in: world) == 6)
        for item in enumerate(world) {
            let τ = item.trajectory
            #expect(item.environmentProbability == 1)
            #expect(τ.states == [[], [τ.actions[0]]] && τ.finalState == τ.actions)
            #expect(τ.rewards == [0, rewards[3 * τ.actions[0] + τ.actions[1]]])
        }
    }

    @Test func badSearchWorldsAreRefusedWithTheRuleAndTheValue() {
        #expect(
            TokenWorld.problem(choices: [2, 3], rewards: [1])?.description
                == "there is one reward for each of the 6 architectures; not 1")
        #expect(TokenWorld.problem(choices: [2, 0])?.description == "a decision has 1 to 10000 choices; not 0")
        #expect(ArchitectureWorld.problem(rewards: [], steps: 1) != nil)
        #expect(
            ArchitectureWorld.problem(rewards: [.nan], steps: 1)?.description == "a reward is a finite number; not nan")
    }
}

@Suite struct DynamicProgrammingTests {
    static let worlds = ExactGradientTests.worlds

    /// Bellman's recursion over states and the sum over trajectories are one number.
    @Test(arguments: worlds.indices) func valuesAgreeWithEnumeration(_ i: Int) {
        func check(_ world: some FiniteWorld) {
            let π = SoftmaxPolicy(for: world, seed: 2)
            #expect(abs(stateValues(of: π, in: world).last![0] - expectedReturn(π, in: world).value) < 1e-12)
            #expect(optimalReturn(in: world) > expectedReturn(π, in: world).value)
        }
        check(Self.worlds[i])
    }

    @Test func theExpertIsNearTheOptimum() {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4)
        let expert = expectedReturn(expertPolicy(for: world, temperature: 0.01), in: world).value
        #expect(optimalReturn(in: world) - expert < 0.02)
        #expect(optimalReturn(in: world) >= expert)
        #expect(optimalReturn(in: Bandit([0.2, 0.5, 0.8])) == 0.8)
    }
}

@Suite struct GradientAscentTests {
    let world = GridWorld(rows: 2, columns: 3, horizon: 4)

    @Test func ascentOnTheExactGradientApproachesTheOptimum() {
        let world = GridWorld(rows: 2, columns: 2, horizon: 3)
        let π = SoftmaxPolicy(for: world, seed: 1)
        let path = gradientAscent(from: π, learningRate: 10, steps: 150) { π, _ in ∇expectedReturn(π, in: world) }
        let curve = path.map { expectedReturn($0, in: world).value }
        #expect(curve.count == 151 && curve[0] == expectedReturn(π, in: world).value)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 < $1 })
        #expect(optimalReturn(in: world) - curve.last! < 0.03)
    }

    /// Maximum likelihood on an expert's demonstrations approaches the expert, and its score there vanishes.
    @Test func imitationApproachesTheExpert() {
        let expert = expertPolicy(for: world)
        let demonstrations = rollouts(expert, in: world, count: 400, seed: 1)
        let path = gradientAscent(from: SoftmaxPolicy(for: world, seed: 1), learningRate: 3, steps: 300) { π, _ in
            ∇logLikelihood(π, demonstrations)
        }
        #expect((∇logLikelihood(path.last!, demonstrations)).norm < 0.02)
        #expect(expectedReturn(expert, in: world).value - expectedReturn(path.last!, in: world).value < 0.03)
    }
}
