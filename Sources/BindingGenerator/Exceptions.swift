/// What is bound by hand or not at all, with the reason: everything else is derived.
enum Exceptions {
    /// Bound in Sources/NotebookPrelude/ByHand.
    static let byHand: [String: String] = [
        "mean(_:_:)": "what the closure gives, a tensor or a number, decides which of the two is meant",
        "weightedMean(_:weights:_:)": "the collection is any sequence of the notebook",
        "GradientChecker.check(_:_:)":
            "its names and tensors are a dictionary in its order, which Swift writes as a literal only",
        "Plot(x:_:logarithmic:)": "its curves are a dictionary in its order, which Swift writes as a literal only",
        "Plot(x:curves:logarithmic:)": "the same with a list of tuples",
        "StepWeights(_:_:)": "a closure has to give a weight for each step, and is told where it does not",
        "StepWeights(_:ofBatch:)": "a closure has to give a weight for each step, and is told where it does not",
        "train(_:on:settings:seed:)": "it can be interrupted, and shows how far it is",
        "train(_:on:settings:seed:shouldStop:progress:)": "what `train` of a cell calls",
        "search(_:space:strategy:children:seed:)": "it can be interrupted, and shows how far it is",
    ]

    /// Not bound: no cell is meant to reach these.
    static let unreachable: [String: String] = [
        "InvalidArgument": "what a rule says where it does not hold: an error of the cell",
        "PlainText": "text as other systems write it: for reading files",
        "TextFile": "a cell reads and writes no files",
        "TextFileError": "a cell reads and writes no files",
        "VisibleText": "all that a cell prints goes through it",
        "TensorMemory": "the memory of the whole process: for benchmarks",
        "DataFileError": "told as an error of the cell",
        "CorruptData": "told as an error of the cell",
        "TrainingProgress": "what train shows while it works",
        "SearchProgress": "what a search shows while it works",
        "Search": "search(_:space:strategy:children:seed:) runs one, with its progress",
        "Executor": "where children are trained: search chooses",
        "ThreadExecutor": "where children are trained: search chooses",
        "ChildJob": "what an executor is handed",
        "RunKeeper": "the run store's side of a search",
        "RunSummary": "what nas-repl runs lists",
        "RunState": "what nas-repl runs lists",
        "StrategyUpdate": "the run store's side of a search",
        "Duration.seconds": "for clocks, which no cell reads",
        "gunzip(_:)": "bytes of a file",
        "nearest(to:among:preferring:)": "for error messages",
        "problem": "what a rule says: the bindings ask it, and a cell is told",
        "scratch(_:count:)": "memory for kernels",
        "withScratch(_:count:_:)": "memory for kernels",
        "Scratch": "memory for kernels",
        "Tensor(shape:initializedBy:)": "it hands out memory, for kernels",
        "Tensor.withElements(_:)": "it hands out memory, for kernels",
        "RandomGenerator.next()": "the notebook has no UInt64; seed() gives an Int",
    ]

    /// Bound for more than one scalar: what a network holds is in Float.
    static let alsoFloat: Set = ["Adam", "ChannelStatistics", "Gradient", "Parameter", "SGD", "Tensor"]
}
