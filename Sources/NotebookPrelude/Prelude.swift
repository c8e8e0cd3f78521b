import Notebook

extension Library {
    /// The notebook's library: every name of the library's modules that a cell can use, bound to the declaration of that name.
    ///
    /// Nearly all of it is generated from the public declarations (`make bindings`); what can't be derived is in ByHand.
    public static let prelude: Library = {
        var library = Library()
        addTypes(to: &library)
        addTextDisplay(to: &library)
        addAutodiff(to: &library)
        addPolicyGradient(to: &library)
        addChildNet(to: &library)
        addArchitectureSearch(to: &library)
        addMeans(to: &library)
        addTakersOfLiterals(to: &library)
        addWeightsFromClosures(to: &library)
        addLongComputations(to: &library)
        addNumbers(to: &library)
        return library
    }()
}

/// The folders whose doc comments and sources `?` and `??` show.
public let documentedFolders = (documentedModules + ["Persistence"]).map { target in
    // This file is Sources/NotebookPrelude/Prelude.swift.
    #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/" + target
}
