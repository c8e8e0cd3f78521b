import Autodiff
import PolicyGradient
import Testing

@Suite struct WorldTests {
    @Test func outcomesAreDistributions() {
        for world in [GridWorld(rows: 3, columns: 4, horizon: 5), GridWorld(rows: 1, columns: 2, horizon: 1, slip: 1)] {
            for state in 0..<world.stateCount {
                for action in 0..<world.actionCount {
                    let outcomes = world.outcomes(of: action, in: state)
                    #expect(abs(outcomes.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
                    #expect(Set(outcomes.map(\.state)).count == outcomes.count)
                }
            }
        }
    }

    @Test func movesGoWhereTheyShould() {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4, slip: 0)
        #expect(world.outcomes(of: 1, in: 0) == [Outcome(state: 1, probability: 1, reward: -0.04)])
        #expect(world.outcomes(of: 0, in: 0).map(\.state) == [0])
        #expect(world.outcomes(of: 2, in: 2) == [Outcome(state: 5, probability: 1, reward: 0.96)])
        #expect(world.isTerminal(5))
    }

    @Test func slippingGoesToEitherSide() {
        let outcomes = GridWorld(rows: 3, columns: 3, horizon: 4, slip: 0.2).outcomes(of: 1, in: 4)
        #expect(outcomes.map(\.state) == [5, 7, 1])
        #expect(zip(outcomes.map(\.probability), [0.8, 0.1, 0.1]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func trajectoriesFollowTheWorld() {
        let world = ChainWorld(length: 4, horizon: 6)
        let π = SoftmaxPolicy(for: world, seed: 1)
        for τ in rollouts(π, in: world, count: 50, seed: 1) {
            #expect(τ.count <= 6)
            #expect(world.logProbability(of: τ).value == 0)
            #expect(abs(τ.rewardsToGo[0] - τ.return) < 1e-12)
            #expect(τ.rewardsToGo.last == τ.rewards.last)
        }
        let impossible = Trajectory(steps: [.init(state: 0, action: 1, reward: 0)], finalState: 3)
        #expect(world.logProbability(of: impossible).value == -.infinity)
    }

    @Test func rolloutIsTheFirstOfRollouts() {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4)
        let π = SoftmaxPolicy(for: world, seed: 1)
        #expect(rollout(π, in: world, seed: 7) == rollouts(π, in: world, count: 3, seed: 7)[0])
        #expect(rollouts(π, in: world, count: 3, seed: 7) == Array(rollouts(π, in: world, count: 9, seed: 7).prefix(3)))
    }

    @Test func actionsAreDrawnFromThePolicy() {
        let world = Bandit([0.5, 0.5])
        let π = SoftmaxPolicy(logits: Tensor([[0.0, 1.0]]))
        let share = mean(rollouts(π, in: world, count: 20_000, seed: 1)) { Double($0.actions[0]) }
        #expect(abs(share - π.probabilities(in: 0)[1]) < 0.015)
    }

    @Test func describesTrajectories() {
        let τ = Trajectory(
            steps: [.init(state: 0, action: 1, reward: -0.04), .init(state: 1, action: 2, reward: 0.96)], finalState: 2)
        #expect(τ.description == "0 ─1→ 1 ─2→ 2   r(τ) = 0.92")
    }

    @Test func badWorldsAreRefusedWithTheRuleAndTheValue() {
        #expect(
            GridWorld.problem(rows: 0, columns: 3, horizon: 4, slip: 0)?.description
                == "a grid has 1 to 1000 rows and columns, and at least two cells; not 0×3")
        #expect(Bandit.problem([0.5, 1.5])?.description == "an arm pays with a probability, 0 to 1; not 1.5")
        #expect(ChainWorld.problem(length: 1, horizon: 1) != nil)
    }

    @Test func movingAverageIsCorrectedForItsStart() {
        var baseline = MovingAverageBaseline(decay: 0.9)
        #expect(baseline.value == 0)
        baseline.update(with: 2)
        #expect(abs(baseline.value - 2) < 1e-12)
        baseline.update(with: 3)
        // (0.9·0.1·2 + 0.1·3) / (0.9·0.1 + 0.1)
        #expect(abs(baseline.value - (0.18 + 0.3) / 0.19) < 1e-12)
    }
}
