import Foundation
import Synchronization
import TextDisplay

/// The documentation of the library, read from its own sources: what `?name` and `??name` show.
///
/// All names are known from a first look at the files' words, ``NameIndex``, which is made when the first name is asked for.
/// The Swift parser, which takes longer than anything else here, reads only the files that declare what is asked for.
public final class Documentation: Sendable {
    private let files: [SourceFile]
    private let madeIndex = Mutex<NameIndex?>(nil)
    /// The declarations of each file that was asked about.
    private let parsed = Mutex([Int: [Declaration]]())

    /// Knows every Swift file in some folders; they are parsed when they are asked about.
    public init(folders: [String]) { files = SourceFile.all(in: folders) }

    /// Whether there is any documentation: an executable without its sources has none.
    public var isEmpty: Bool { files.isEmpty }

    /// The declarations of a name, internal ones included: its own name, its name with labels, `Type.member` or
    /// `Module.name`.
    ///
    /// Public ones come first; of these what stands alone, then types in others, then members.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func entries(for name: String, stop: StopSignal = StopSignal()) throws -> [Entry] {
        try LargeStack.value(unless: stop) {
            let index = try self.index(stop)
            let query = NameQuery(name)
            let found = try self.declarations(for: query, index, stop)
            return try found.map { file, declaration in
                if stop.isRaised { throw CellError(.interrupted) }
                return try self.entry(of: declaration, in: file, index, stop)
            }
        }
    }

    /// What of the library a variable of this name stands in front of, by a name that still finds it: `rollout(_:in:seed:)`,
    /// or `ChildNet.digits` for what has no labels; nil where there is nothing.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func nameHidden(by name: String, stop: StopSignal = StopSignal()) throws -> String? {
        try LargeStack.value(unless: stop) {
            let index = try self.index(stop)
            let hidden = self.places(for: NameQuery(name), index).filter { $0.name.owner.isEmpty }
            return hidden.first.map {
                $0.name.fullName == name ? "\($0.module).\(name)" : $0.name.fullName
            }
        }
    }

    /// The documented name most like one that there is not.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func nearestName(to name: String, stop: StopSignal = StopSignal()) throws -> String? {
        try LargeStack.value(unless: stop) {
            let index = try self.index(stop)
            let query = NameQuery(name)
            // What stands for each declaration: as many of its names as were typed.
            var candidates: [String: NameIndex.Place] = [:]
            for place in index.places where place.name.path.count >= query.path.count && place.name.kind != .`init` {
                let typed = place.name.path.suffix(query.path.count).joined(separator: ".")
                if let known = candidates[typed], !self.comes(place, before: known, for: query, index) { continue }
                candidates[typed] = place
            }
            let wanted = query.path.joined(separator: ".")
            let names = candidates.keys.lazy.prefix { _ in !stop.isRaised }
            let found = nearest(to: wanted, among: names) { index.access(of: candidates[$0]!.name) >= .public }
            if stop.isRaised { throw CellError(.interrupted) }
            return found.flatMap { candidates[$0]?.name.fullName }
        }
    }

    /// The full names of everything that the library declares, each once, in the order of the files.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func allNames(stop: StopSignal = StopSignal()) throws -> [String] {
        try LargeStack.value(unless: stop) {
            var seen: Set<String> = []
            return try self.index(stop).places.map(\.name.fullName).filter { seen.insert($0).inserted }
        }
    }

    // MARK: Finding

    private func index(_ stop: StopSignal) throws -> NameIndex {
        if let index = madeIndex.withLock({ $0 }) { return index }
        let index = try NameIndex(files, stop: stop)
        madeIndex.withLock { $0 = index }
        return index
    }

    /// Where what a name means is declared, in the order in which it is shown.
    private func places(for query: NameQuery, _ index: NameIndex) -> [NameIndex.Place] {
        let named = candidates(for: query, index)
        // Wrong labels are better than nothing.
        let found =
            NameQuery.Strictness.allCases.lazy.map { strictness in
                named.filter { query.accepts($0.name, strictness) }
            }.first { !$0.isEmpty } ?? []
        return found.enumerated().sorted { a, b in
            comes(a.element, before: b.element, for: query, index)
                || !comes(b.element, before: a.element, for: query, index) && a.offset < b.offset
        }.map(\.element)
    }

    /// What a name may mean, whatever its labels.
    private func candidates(for query: NameQuery, _ index: NameIndex) -> [NameIndex.Place] {
        // A type's name also means its initializers.
        let named = index.declarations(of: query.base) + index.declarations(of: "init")
        let found = named.filter { query.matches($0.name) }
        if !found.isEmpty || query.path.count < 2 { return found }
        if files.contains(where: { $0.module == query.path[0] }) {
            // In a module what is asked for stands alone, or has its whole path.
            return candidates(for: query.inner, index).filter {
                $0.module == query.path[0] && $0.name.path.count <= query.path.count
            }
        }
        let owner = query.path.dropLast().joined(separator: ".")
        if index.isType(owner) {
            // A member that the type has from a protocol is documented there; one that only some of a protocol's types have,
            // with these.
            let inherited = index.members(query.base, of: owner)
            return inherited.isEmpty ? index.members(query.base, ofDescendantsOf: owner) : inherited
        }
        // A member of a value, of which the library knows nothing: what has a member of that name.
        if query.path[0].first?.isUppercase == true { return [] }
        return index.declarations(of: query.base).filter { !$0.name.owner.isEmpty && $0.name.kind != .`init` }
    }

    /// What is public comes first, and what stands alone before types in others, and these before members.
    private func comes(
        _ a: NameIndex.Place, before b: NameIndex.Place, for query: NameQuery, _ index: NameIndex
    ) -> Bool {
        func rank(_ place: NameIndex.Place) -> Int {
            let name = place.name
            let isPublic = index.access(of: name) >= .public
            let isCalledByType = name.kind == .`init` && query.base != "init"
            return (isPublic ? 0 : 4) + (name.owner.isEmpty || isCalledByType ? 0 : name.kind.isType ? 1 : 2)
        }
        return rank(a) < rank(b)
    }

    private func declarations(
        for query: NameQuery, _ index: NameIndex, _ stop: StopSignal
    ) throws -> [(file: Int, declaration: Declaration)] {
        let places = places(for: query, index)
        let parsed = try declarations(inFiles: Set(places.map(\.file)), stop)
        // Overloads of one name stand in the list as often as in the file, and in its order.
        var rest = parsed.mapValues { $0[...] }
        return places.compactMap { place in
            guard let i = rest[place.file]?.firstIndex(where: { $0.name == place.name }) else { return nil }
            let declaration = rest[place.file]!.remove(at: i)
            return (place.file, declaration)
        }
    }

    private func entry(
        of declaration: Declaration, in file: Int, _ index: NameIndex, _ stop: StopSignal
    ) throws -> Entry {
        let name = declaration.name
        let own = declaration.comment
        let fulfilled = own.isEmpty ? try requirement(fulfilledBy: name, index, stop) : nil
        let calls = CalledNames(in: index, file: file, module: files[file].module).names(in: declaration)
        return Entry(
            name: name.fullName, kind: name.kind, access: index.access(of: name), signature: declaration.signature,
            comment: fulfilled?.comment ?? own, commentOrigin: fulfilled?.owner, source: declaration.source,
            file: files[file].label, line: declaration.line, calls: calls)
    }

    /// The comment of what a protocol, or the class above, asks for under this name.
    private func requirement(
        fulfilledBy name: DeclaredName, _ index: NameIndex, _ stop: StopSignal
    ) throws -> (owner: String, comment: String)? {
        let owner = name.owner.joined(separator: ".")
        if owner.isEmpty { return nil }
        for parent in [owner] + index.ancestors(of: owner) {
            let places = index.declarations(of: name.base, in: parent).filter {
                $0.name.labels == name.labels && $0.name != name && ($0.name.isRequirement || index.isClass(parent))
            }
            for place in places {
                let found = try declarations(inFiles: [place.file], stop)[place.file]!.first { $0.name == place.name }
                if let found, !found.comment.isEmpty { return (parent, found.comment) }
            }
        }
        let protocols = index.inherited(by: owner)
        return SwiftNames.requirements[name.fullName.split(separator: ".").last.map(String.init) ?? ""]
            .flatMap { requirement in
                requirement.protocols.first(where: protocols.contains).map { ($0, requirement.comment) }
            }
    }

    /// The declarations of some files, which are parsed if they have not been yet.
    private func declarations(inFiles wanted: Set<Int>, _ stop: StopSignal) throws -> [Int: [Declaration]] {
        let missing = parsed.withLock { parsed in wanted.filter { parsed[$0] == nil } }.sorted()
        let files = files
        // The parser goes as deep as the source does.
        LargeStack.concurrently(missing.count) { [self] i in
            // A file takes some hundredths of a second.
            if stop.isRaised { return }
            let found = Declaration.all(in: files[missing[i]].bytes)
            parsed.withLock { $0[missing[i]] = found }
        }
        if stop.isRaised { throw CellError(.interrupted) }
        return parsed.withLock { parsed in parsed.filter { wanted.contains($0.key) } }
    }
}
