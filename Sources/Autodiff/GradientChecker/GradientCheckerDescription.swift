import TextDisplay

extension GradientChecker: CustomStringConvertible {
    /// `gradient checker: step 1e-05, tolerance 1e-08 + 1e-05 of the larger, 48 elements a block, 4 directions, seed 0`
    public var description: String {
        "gradient checker: step \(formatted(step)), tolerance \(formatted(absoluteTolerance)) + "
            + "\(formatted(relativeTolerance)) of the larger, \(elementsPerBlock) elements a block, "
            + "\(directions) directions, seed \(seed)"
    }
}
