extension Documentation {
    /// A declaration with its comment: all that a page of it needs.
    public struct Entry: Sendable, Hashable {
        /// The full name: `rollout(_:in:seed:)`, `Tensor.sum()`, `Outer.Inner.member`.
        public let name: String
        /// The keyword that declares it.
        public let kind: Kind
        /// Who can use it.
        public let access: Access
        /// The declaration without its body.
        public let signature: String
        /// The doc comment without its slashes.
        public let comment: String
        /// The protocol whose requirement the comment is from; nil where it is the declaration's own.
        public let commentOrigin: String?
        /// The whole source.
        public let source: String
        /// The file, from `Sources` on.
        public let file: String
        /// The line that it begins in.
        public let line: Int
        /// The library's own declarations that the source mentions, in order: `convolutionForward`,
        /// `ConvolutionTile.multiply`. Each can be looked up.
        public let calls: [String]

        /// The file and the line.
        public var place: String { "\(file):\(line)" }
    }

    /// What a declaration is: the keyword that declares it.
    public enum Kind: String, Sendable, CaseIterable {
        /// A type whose values share what they hold, and wait for each other.
        case actor
        /// A type that a protocol leaves open.
        case `associatedtype`
        /// One of an enumeration's values.
        case `case`
        /// A type whose values share what they hold.
        case `class`
        /// A type of which each value is one of several cases.
        case `enum`
        /// A function, a method or an operator.
        case `func`
        /// What makes a value of a type.
        case `init`
        /// A constant.
        case `let`
        /// What types may promise to have.
        case `protocol`
        /// A type whose values are copied.
        case `struct`
        /// An element of a value.
        case `subscript`
        /// Another name of a type.
        case `typealias`
        /// A variable, stored or computed.
        case `var`

        /// Whether it has members of its own.
        var isType: Bool { [.actor, .class, .enum, .protocol, .struct].contains(self) }
    }

    /// Who can use a declaration.
    public enum Access: String, Sendable, CaseIterable, Comparable {
        /// The type, and extensions of it in the same file.
        case `private`
        /// The file.
        case `fileprivate`
        /// The module.
        case `internal`
        /// The package.
        case package
        /// Everybody.
        case `public`
        /// Everybody, who may also inherit from it.
        case open

        /// From the narrowest to the widest.
        public static func < (a: Access, b: Access) -> Bool {
            allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
        }
    }
}
