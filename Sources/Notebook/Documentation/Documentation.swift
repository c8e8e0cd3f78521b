import Foundation
import SwiftParser
import SwiftSyntax
import Synchronization
import TextDisplay

/// The documentation of the library, read from its own sources: what `?name` and `??name` show.
public final class Documentation: Sendable {
    /// A declaration with its comment.
    public struct Entry: Sendable {
        /// The full name: `rollout(_:in:seed:)`, `Tensor.sum()`.
        public let name: String
        /// The declaration without its body.
        public let signature: String
        /// The doc comment without its slashes.
        public let comment: String
        /// The whole source.
        public let source: String
        /// The file and the line.
        public let place: String
    }

    private let files: [(label: String, text: String)]
    /// The declarations of each file that was asked about: parsing it takes longer than anything else here.
    private let parsed = Mutex([Int: [Entry]]())

    /// Knows every Swift file in some folders; they are parsed when they are asked about.
    public init(folders: [String]) {
        files = folders.flatMap { folder in
            let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path -> (String, String)? in
                guard let text = try? String(contentsOfFile: folder + "/" + path, encoding: .utf8) else { return nil }
                return (folder.split(separator: "/").suffix(2).joined(separator: "/") + "/" + path, text)
            }
        }
    }

    /// Whether there is any documentation: an executable without its sources has none.
    public var isEmpty: Bool { files.isEmpty }

    /// The declarations in the files that hold a word.
    private func entries(inFilesWith word: String, stop: StopSignal) throws -> [Entry] {
        let wanted = files.indices.filter { word.isEmpty || Self.holds(files[$0].text, word) }
        let missing = parsed.withLock { parsed in wanted.filter { parsed[$0] == nil } }
        DispatchQueue.concurrentPerform(iterations: missing.count) { i in
            // A file takes some hundredths of a second.
            if stop.isRaised { return }
            let file = files[missing[i]]
            let tree = Parser.parse(source: file.text)
            let collector = Collector(SourceLocationConverter(fileName: file.label, tree: tree))
            collector.walk(tree)
            let entries = collector.entries
            parsed.withLock { $0[missing[i]] = entries }
        }
        if stop.isRaised { throw CellError(.interrupted) }
        return parsed.withLock { parsed in wanted.flatMap { parsed[$0] ?? [] } }
    }

    /// Whether a text has a word somewhere, byte by byte: as characters it would take ten times as long.
    private static func holds(_ text: String, _ word: String) -> Bool {
        text.withCString { text in word.withCString { strstr(text, $0) != nil } }
    }

    /// The declarations of a name: its own name, its name with labels, or `Type.member`; types and free functions first.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func entries(for name: String, stop: StopSignal = StopSignal()) throws -> [Entry] {
        let word = name.prefix { $0 != "(" }.split(separator: ".").last.map(String.init) ?? name
        let found = try entries(inFilesWith: word, stop: stop).filter { entry in
            let bare = String(entry.name.prefix { $0 != "(" })
            return entry.name == name || bare == name || bare.hasSuffix("." + name) || entry.name.hasSuffix("." + name)
        }
        if found.isEmpty, let dot = name.lastIndex(of: ".") {
            // A member that the type has from a protocol is documented there.
            return try entries(for: String(name[name.index(after: dot)...]), stop: stop).filter {
                $0.name.contains(".")
            }
        }
        return found.filter { !$0.name.prefix { $0 != "(" }.contains(".") }
            + found.filter { $0.name.prefix { $0 != "(" }.contains(".") }
    }

    /// The documented name most like one that there is not.
    ///
    /// - Throws: ``CellError`` where it was told to stop.
    public func nearestName(to name: String, stop: StopSignal = StopSignal()) throws -> String? {
        nearest(to: name, among: try entries(inFilesWith: "", stop: stop).map(\.name))
    }

    private final class Collector: SyntaxVisitor {
        var entries: [Entry] = []
        private let locations: SourceLocationConverter
        private var owners: [(name: String, isPublic: Bool)] = []

        init(_ locations: SourceLocationConverter) {
            self.locations = locations
            super.init(viewMode: .sourceAccurate)
        }

        private func enter(_ name: String, _ node: some DeclGroupSyntax, records: Bool) -> SyntaxVisitorContinueKind {
            let isPublic = Self.isPublic(node.modifiers) || node.is(ExtensionDeclSyntax.self)
            if records && isPublic { add(name, Syntax(node), end: Syntax(node.memberBlock)) }
            owners.append((name, isPublic))
            return .visitChildren
        }

        override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
            enter(node.name.text, node, records: true)
        }
        override func visitPost(_ node: StructDeclSyntax) { owners.removeLast() }
        override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
            enter(node.name.text, node, records: true)
        }
        override func visitPost(_ node: EnumDeclSyntax) { owners.removeLast() }
        override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
            enter(node.name.text, node, records: true)
        }
        override func visitPost(_ node: ClassDeclSyntax) { owners.removeLast() }
        override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind {
            isInProtocol = true
            return enter(node.name.text, node, records: true)
        }
        override func visitPost(_ node: ProtocolDeclSyntax) {
            isInProtocol = false
            owners.removeLast()
        }
        override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
            enter(node.extendedType.trimmedDescription, node, records: false)
        }
        override func visitPost(_ node: ExtensionDeclSyntax) { owners.removeLast() }

        override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
            guard isVisible(node.modifiers) else { return .skipChildren }
            add(
                qualified(node.name.text + labels(node.signature.parameterClause)), Syntax(node),
                end: node.body.map(Syntax.init))
            return .skipChildren
        }

        override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
            guard isVisible(node.modifiers), let owner = owners.last?.name else { return .skipChildren }
            add(owner + labels(node.signature.parameterClause), Syntax(node), end: node.body.map(Syntax.init))
            return .skipChildren
        }

        override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
            guard isVisible(node.modifiers), let binding = node.bindings.first else { return .skipChildren }
            let name = binding.pattern.trimmedDescription.filter { $0 != "`" }
            add(
                qualified(name), Syntax(node),
                end: binding.accessorBlock.map(Syntax.init) ?? binding.initializer.map(Syntax.init))
            return .skipChildren
        }

        private func isVisible(_ modifiers: DeclModifierListSyntax) -> Bool {
            // The requirements of a public protocol are public without saying so.
            Self.isPublic(modifiers) || (owners.last?.isPublic == true && modifiers.isEmpty && isInProtocol)
        }
        private var isInProtocol = false

        private static func isPublic(_ modifiers: DeclModifierListSyntax) -> Bool {
            modifiers.contains { $0.name.tokenKind == .keyword(.public) }
        }

        private func qualified(_ name: String) -> String { (owners.last.map { $0.name + "." } ?? "") + name }

        private func labels(_ clause: FunctionParameterClauseSyntax) -> String {
            "(" + clause.parameters.map { $0.firstName.text + ":" }.joined() + ")"
        }

        private func add(_ name: String, _ node: Syntax, end: Syntax?) {
            let comment = node.leadingTrivia.compactMap { piece -> String? in
                guard case .docLineComment(let line) = piece else { return nil }
                return String(line.dropFirst(line.hasPrefix("/// ") ? 4 : 3))
            }.joined(separator: "\n")
            let text = Self.dedented(node.trimmedDescription)
            let bodyLength =
                end.map {
                    node.endPositionBeforeTrailingTrivia.utf8Offset - $0.positionAfterSkippingLeadingTrivia.utf8Offset
                } ?? 0
            let whole = node.trimmedDescription.utf8
            let head = String(decoding: whole.prefix(max(0, whole.count - bodyLength)), as: UTF8.self)
            let location = locations.location(for: node.positionAfterSkippingLeadingTrivia)
            entries.append(
                Entry(
                    name: name,
                    signature: Self.dedented(head).split(separator: "\n").filter { !$0.hasPrefix("@specialized") }
                        .joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines),
                    comment: comment, source: text, place: "\(location.file):\(location.line)"))
        }

        /// The text with the indentation of its last line taken off all lines but the first.
        private static func dedented(_ text: String) -> String {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let margin =
                lines.dropFirst().filter { !$0.allSatisfy(\.isWhitespace) }
                .map { $0.prefix { $0 == " " }.count }.min() ?? 0
            return (lines.prefix(1) + lines.dropFirst().map { $0.dropFirst(min(margin, $0.count)) }).joined(
                separator: "\n")
        }
    }
}
