import Autodiff
import CourseworkChecks
import Foundation

// Attempts that misbehave, each in its own way; the tests grade them as students' would be.
var attempt = Attempt()
attempt.softmaxLogProbability = { _, _ in
    let numbers: [Double] = []
    return (numbers[CommandLine.arguments.count + 5], Tensor(0))  // traps
}
attempt.trajectoryLogProbability = { _, _ in
    while CommandLine.arguments.count > 0 {}  // never ends
    return 0
}
attempt.likelihoodGradient = { _, _ in Tensor([1]) }  // has the wrong shape
attempt.reinforceGradient = { _, _ in exit(0) }  // ends the program as if all were well
attempt.rewardsToGo = { rewards, γ in
    // Right, and talkative.
    print(String(repeating: "debugging ", count: 200_000))
    var rest = 0.0
    return rewards.reversed().map {
        rest = $0 + γ * rest
        return rest
    }.reversed()
}
attempt.varianceMinimizingBaseline = { _, _ in
    func deeper(_ n: Int) -> Int { n < 0 ? n : 1 + deeper(n + 1) }  // overflows the stack
    return Double(deeper(1))
}
attempt.importanceWeightedReturn = { _, _, _ in throw CocoaError(.featureUnsupported) }
attempt.denseBackward = { _, _, _ in (Tensor([.nan]), Tensor([.nan]), Tensor([.nan])) }

if let number = CommandLine.arguments.last.flatMap(Int.init),
    let exercise = Exercise.all.first(where: { $0.number == number })
{
    Grader.answer(exercise, attempt: attempt)
}
