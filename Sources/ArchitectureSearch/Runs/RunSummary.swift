import Foundation
import TextDisplay

/// Whether a run is done.
public enum RunState: String, Sendable, Codable {
    /// Its process is alive.
    case running
    /// All children are done and the best is tested.
    case finished
    /// It was stopped or killed; it can be resumed.
    case interrupted
}

/// A run as a list shows it.
public struct RunSummary: Sendable {
    /// The number of the run in its store.
    public let run: Int64
    /// Whether it is done.
    public package(set) var state: RunState
    /// The number of children done.
    public let children: Int
    /// What is searched.
    public let configuration: SearchConfiguration
    /// When it was started.
    public let started: Date
    /// How long it took, once it is finished.
    public let seconds: Double?
    /// The test accuracy of the best child, once it is finished.
    public let test: Double?

    /// A run as a store has it.
    package init(
        run: Int64, state: RunState, children: Int, configuration: SearchConfiguration, started: Date, seconds: Double?,
        test: Double?
    ) {
        self.run = run
        self.state = state
        self.children = children
        self.configuration = configuration
        self.started = started
        self.seconds = seconds
        self.test = test
    }
}

extension RunState: CustomStringConvertible {
    /// The name of the case.
    public var description: String { rawValue }
}

extension RunSummary: CustomStringConvertible {
    /// `3  finished  reinforce on digits  24/24 children  seed 1  test 97.5 %`
    public var description: String {
        "\(run)  \(state)  \(configuration.title)  "
            + "\(children)/\(configuration.children) children  seed \(configuration.seed)"
            + (test.map { "  test \(percent($0))" } ?? "")
    }
}
