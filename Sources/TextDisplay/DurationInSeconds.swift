extension Duration {
    /// The duration in seconds.
    ///
    ///     Duration.milliseconds(250).seconds     // 0.25
    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
