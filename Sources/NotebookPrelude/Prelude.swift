import Notebook

extension Library {
    /// The notebook's library: every name of `Autodiff`, `PolicyGradient`, `ChildNet` and `ArchitectureSearch` that cells
    /// use, each bound to the function of the same name.
    public static let prelude: Library = {
        var library = Library()
        library.addAutodiff()
        library.addPolicyGradient()
        library.addChildNet()
        library.addLayerFunctions()
        library.addArchitectureSearch()
        library.addController()
        return library
    }()
}

/// The modules that a cell's names come from, and that a lesson's program imports.
public let documentedModules = ["TextDisplay", "Autodiff", "PolicyGradient", "ChildNet", "ArchitectureSearch"]

/// The folders whose doc comments and sources `?` and `??` show.
public let documentedFolders = documentedModules.map { target in
    // This file is Sources/NotebookPrelude/Prelude.swift.
    #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/" + target
}
