import Foundation
import Synchronization
import TextDisplay

/// A notebook at work: cells run one after the other and share their variables.
public final class Session: @unchecked Sendable {
    // Unchecked: used from one thread, which waits while a cell runs on a thread of its own.
    let library: Library
    private let variables = Scope()
    private let cellTexts = CellTexts()
    private let print: @Sendable (String) -> Void
    private let showStatus: @Sendable (String) -> Void
    /// The number of cells that have run.
    public private(set) var cellCount = 0

    /// A session without variables.
    ///
    /// - Parameters:
    ///   - print: where the output of `print` goes.
    ///   - showStatus: shows a line that says how far a long computation is; the next replaces it, an empty one ends it.
    public init(
        library: Library, print: @escaping @Sendable (String) -> Void,
        showStatus: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.library = library
        self.print = print
        self.showStatus = showStatus
    }

    /// What came of a cell.
    public struct Outcome: Sendable {
        /// What the cell shows: the value of each of its expressions that has one, in order.
        public var values: [String] = []
        /// Why it failed, with the place; the values before are kept.
        public var error: CellError?
    }

    /// Runs a cell, and waits until it is done or has been told to stop.
    ///
    /// The cell runs on a thread with a large stack. One that is inside a long computation of the library when it is told
    /// to stop is left to itself after a moment: it ends at the first thing it does next, and no variable changes any more.
    ///
    /// - Parameters:
    ///   - stop: tells the cell to stop.
    ///   - show: called for each value as it is known, before the cell goes on.
    @discardableResult
    public func run(
        _ source: String, stop: StopSignal = StopSignal(), show: @escaping @Sendable (String) -> Void = { _ in }
    ) -> Outcome {
        cellCount += 1
        let source = PlainText.normalized(source)
        let job = Job()
        let print = self.print, showStatus = self.showStatus
        let scope = variables, cellTexts = cellTexts
        let number = cellCount
        let library = library
        LargeStack.run { stackSize in
            let evaluator = Evaluator(
                library: library, stop: stop, cell: number, stackSize: stackSize,
                print: { if !stop.isRaised { print($0) } },
                showStatus: { if !stop.isRaised { showStatus($0) } })
            Thread.current.threadDictionary[Callback.runningKey] = evaluator
            var outcome = Outcome()
            do {
                for statement in try CellParser.parse(source, cell: number) {
                    let value: Value
                    if case .expression(let expression) = statement.kind {
                        value = try evaluator.settled(expression, in: scope)
                    } else {
                        value = .void
                        if case .next = try evaluator.run(statement, in: scope) {
                        } else {
                            throw CellError(.failure("there is nothing to leave here"), at: statement.span)
                        }
                    }
                    try evaluator.checkStop()
                    cellTexts.record(statement, of: source, cell: number)
                    if case .void = value { continue }
                    let shown = value.shown
                    try evaluator.checkStop()
                    outcome.values.append(shown)
                    scope.declare("Out\(number)", value, isVariable: false)
                    scope.declare("_", value, isVariable: false)
                    show(shown)
                }
            } catch let error as CellError {
                outcome.error = error
            } catch {
                outcome.error = CellError(inWords: error)
            }
            job.finish(outcome)
        }
        return job.wait(stop)
    }

    /// Whether more lines are needed before the text can be run.
    public func isUnfinished(_ source: String) -> Bool {
        // Text that takes the parser this long is run as it is: then it can be interrupted.
        let source = PlainText.normalized(source)
        return LargeStack.value(within: .seconds(2)) { CellParser.isUnfinished(source) } ?? false
    }

    /// Whether a blank line is a part of an unfinished text: inside brackets, a string of several lines or a comment.
    public func isOpen(_ source: String) -> Bool {
        let source = PlainText.normalized(source)
        return LargeStack.value(within: .seconds(2)) { CellParser.isOpen(source) } ?? false
    }

    /// What a cell gave a name to.
    public struct Variable: Sendable {
        /// The type of its value.
        public let type: String
        /// The value, as a cell shows it.
        public let value: String
        /// Whether it can be called.
        public let isFunction: Bool
        /// The cells that declared it, with what they said: a function may have been declared for several types.
        public let declarations: [(cell: Int, source: String)]
    }

    /// A variable or a function of the session; nil for a name that no cell has given to anything.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func variable(named name: String, stop: StopSignal = StopSignal()) throws -> Variable? {
        guard let value = variables.lookUp(name) else { return nil }
        let deadline = ContinuousClock.now + .seconds(2)
        let isLate = StopSignal { stop.isRaised || ContinuousClock.now > deadline }
        let shown = try? LargeStack.value(unless: isLate) { value.shown }
        if stop.isRaised { throw CellError(.interrupted) }
        var isFunction = false
        if case .function = value { isFunction = true }
        return Variable(
            type: value.typeName, value: shown ?? "(a value that takes long to write)", isFunction: isFunction,
            declarations: cellTexts.declarations(of: name))
    }

    /// The threads of all sessions that still work, cells that were left to themselves included.
    public static var threadsAtWork: Int { LargeStack.running.load(ordering: .relaxed) }

    /// The names of the session's variables and functions.
    public var variableNames: [String] { variables.names.filter { $0 != "_" && !$0.hasPrefix("Out") } }

    /// The names that could stand where `prefix` stands: variables, functions, keywords, or after a dot the members of
    /// the value before it.
    public func completions(for prefix: String) -> [String] {
        if let dot = prefix.lastIndex(of: ".") {
            let base = String(prefix[..<dot]), start = prefix[prefix.index(after: dot)...]
            return memberNames(of: base).filter { $0.hasPrefix(start) }
        }
        let keywords = [
            "let", "var", "func", "for", "in", "if", "else", "while", "return", "switch", "case", "guard", "true",
            "false",
        ]
        return Array(Set((variableNames + library.names + keywords).filter { $0.hasPrefix(prefix) })).sorted()
    }

    /// The members of what a name stands for; types are known by their own name.
    private func memberNames(of base: String) -> [String] {
        guard let value = variables.lookUp(base) ?? library.constant(base) else { return library.memberNames(of: base) }
        switch value {
        case .array: return library.memberNames(of: "Array")
        case .range: return library.memberNames(of: "Range")
        case .dictionary: return library.memberNames(of: "Dictionary")
        case .tuple(let tuple): return tuple.elements.indices.map { tuple.elements[$0].label ?? String($0) }
        default: return library.memberNames(of: value.typeName)
        }
    }

    /// The variables with their values, for a list of them.
    public var variableDescriptions: [(name: String, type: String, value: String)] {
        let variables = variables, names = variableNames
        return LargeStack.value(within: .seconds(10)) {
            names.compactMap { name in variables.lookUp(name).map { (name, $0.typeName, $0.shown) } }
        } ?? []
    }

    /// Forgets all variables.
    public func reset() {
        let variables = variables
        _ = LargeStack.value(within: .seconds(10)) { variables.removeAll() }
        cellTexts.removeAll()
    }

    /// One cell on its way: its outcome, once there is one.
    private final class Job: Sendable {
        private let outcome = Mutex<Outcome?>(nil)
        private let done = DispatchSemaphore(value: 0)

        func finish(_ outcome: Outcome) {
            self.outcome.withLock { $0 = outcome }
            done.signal()
        }

        func wait(_ stop: StopSignal) -> Outcome {
            while done.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
                guard stop.isRaised else { continue }
                stop.raise()
                // What looks at the signal ends within a moment; what does not is left behind.
                if done.wait(timeout: .now() + .milliseconds(60)) == .timedOut {
                    return Outcome(values: [], error: CellError(.interrupted))
                }
                break
            }
            return outcome.withLock { $0 } ?? Outcome(values: [], error: CellError(.interrupted))
        }
    }
}
