import Foundation
import Synchronization

/// All names that the library declares, with the types that they belong to: made by reading the files' words, without the
/// Swift parser.
struct NameIndex: Sendable {
    /// A name, and where it stands.
    struct Place: Sendable {
        let name: DeclaredName
        /// The number of the file.
        let file: Int
        /// The module of the file.
        let module: String
        /// The type that it is written with, or that a function's result is of.
        let typeName: String?
    }

    private(set) var places: [Place] = []
    private var placesByBase: [String: [Int]] = [:]
    private var membersByOwner: [String: [String: [Int]]] = [:]
    private var headers: [String: TypeHeader] = [:]
    private var types: [String: Place] = [:]
    /// The labels of all tuples: a member of that name may be a tuple's.
    private(set) var tupleLabels: Set<String> = []
    /// The modules that each module's files import, and those which these import.
    private var imports: [String: Set<String>] = [:]

    init(_ files: [SourceFile], stop: StopSignal) throws {
        let scanned = Mutex([Int: DeclarationScanner]())
        DispatchQueue.concurrentPerform(iterations: files.count) { i in
            // A file takes less than a millisecond.
            if stop.isRaised { return }
            let found = DeclarationScanner(files[i].bytes)
            scanned.withLock { $0[i] = found }
        }
        if stop.isRaised { throw CellError(.interrupted) }
        let scans = scanned.withLock { $0 }
        for (i, file) in files.enumerated() { add(scans[i]!, of: i, in: file.module) }
        for module in imports.keys { imports[module] = reachable(from: module) }
    }

    private func reachable(from module: String) -> Set<String> {
        var found: Set = [module], waiting = [module]
        while let current = waiting.popLast() {
            for next in imports[current] ?? [] where found.insert(next).inserted { waiting.append(next) }
        }
        return found
    }

    private mutating func add(_ scan: DeclarationScanner, of file: Int, in module: String) {
        imports[module, default: []].formUnion(scan.imports)
        tupleLabels.formUnion(scan.tupleLabels)
        for (name, typeName) in zip(scan.names, scan.typeNames) {
            let place = Place(name: name, file: file, module: module, typeName: typeName)
            placesByBase[name.base, default: []].append(places.count)
            membersByOwner[name.owner.joined(separator: "."), default: [:]][name.base, default: []].append(places.count)
            if name.kind.isType || name.kind == .typealias { types[name.qualifiedName] = place }
            places.append(place)
        }
        for (path, header) in scan.headers {
            let type = path.joined(separator: ".")
            headers[type, default: TypeHeader()].generics.formUnion(header.generics)
            headers[type]!.inherited += header.inherited
        }
    }

    /// The declarations of a name, whatever they belong to.
    func declarations(of base: String) -> [Place] { (placesByBase[base] ?? []).map { places[$0] } }

    /// The declarations of a name in a type itself, its extensions included; those at the files' level for an empty type.
    func declarations(of base: String, in type: String) -> [Place] {
        (membersByOwner[type]?[base] ?? []).map { places[$0] }
    }

    /// Whether the library declares a type, or another name of one.
    func isType(_ path: String) -> Bool { types[path] != nil }

    /// Whether a type's members may stand in for those of the type that it inherits from.
    func isClass(_ path: String) -> Bool { types[path]?.name.kind == .class }

    /// Who can use a declaration: nobody who can't use the type that it belongs to.
    func access(of name: DeclaredName) -> Documentation.Access {
        guard let owner = types[name.owner.joined(separator: ".")] else { return name.access }
        return min(name.access, access(of: owner.name))
    }

    /// Whether a declaration can be mentioned in a file.
    func isVisible(_ place: Place, from file: Int, in module: String) -> Bool {
        switch access(of: place.name) {
        case .private, .fileprivate: place.file == file
        case .internal: place.module == module
        case .package, .public, .open: imports[module]?.contains(place.module) ?? false
        }
    }

    /// The names of a type's generic parameters, those of the types around it included: its own members mean these, whatever
    /// else is called so.
    func generics(of owner: [String]) -> Set<String> {
        owner.indices.reduce(into: []) { names, i in
            names.formUnion(headers[owner[...i].joined(separator: ".")]?.generics ?? [])
        }
    }

    /// The type that a name means inside a type, aliases followed: a type in it or around it, or one at the files' level.
    func type(_ written: String, in owner: [String]) -> String? {
        for depth in stride(from: owner.count, through: 0, by: -1) {
            let path = (owner.prefix(depth) + [written]).joined(separator: ".")
            guard let place = types[path] else { continue }
            if place.name.kind == .typealias {
                return place.typeName.flatMap { $0 == written ? nil : type($0, in: place.name.owner) }
            }
            return path
        }
        return nil
    }

    /// What a type inherits from or conforms to, of the library's own, the nearest first.
    func ancestors(of type: String) -> [String] {
        var found: [String] = [], waiting = [type]
        while !waiting.isEmpty {
            let current = waiting.removeFirst()
            let owner = Array(current.split(separator: ".").map(String.init).dropLast())
            for written in headers[current]?.inherited ?? [] {
                guard let parent = self.type(written, in: owner), parent != type, !found.contains(parent) else {
                    continue
                }
                found.append(parent)
                waiting.append(parent)
            }
        }
        return found
    }

    /// Everything that a type is said to be, by the names that stand behind its colons; Swift's own protocols included.
    func inherited(by type: String) -> Set<String> {
        ([type] + ancestors(of: type)).reduce(into: []) { $0.formUnion(headers[$1]?.inherited ?? []) }
    }

    /// The declarations of a member: a type's own, or else those of what it inherits from.
    func members(_ base: String, of type: String) -> [Place] {
        for owner in [type] + ancestors(of: type) {
            let found = declarations(of: base, in: owner)
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The declarations of a member in the types that inherit from a type or conform to it.
    func members(_ base: String, ofDescendantsOf type: String) -> [Place] {
        declarations(of: base).filter { ancestors(of: $0.name.owner.joined(separator: ".")).contains(type) }
    }
}
