import TestSupport
import Testing

@testable import Notebook

/// What a page says it calls: the library's own declarations, and nothing else.
@Suite struct CalledNamesTests {
    private let folder = TemporaryFolder()

    /// A library of two modules, of which the second imports the first.
    static let below = """
        public protocol Shape { associatedtype Unit; func area(scaled: Int) -> Double }
        public struct Square: Shape {
            public var side: Double
            public var corner: Corner { Corner() }
            public func area(scaled: Int) -> Double { side * side }
            public static func unit() -> Square { Square(side: 1) }
            public static func * (a: Square, b: Double) -> Square { a }
            private func secret() {}
            public struct Corner { public func turned() -> Corner { self } }
        }
        public enum Color { case red, mixed(Int) }
        public func exp(_ a: Square) -> Square { a }
        public func draw(_ a: Square) {}
        public func draw(_ a: Square, in color: Color) {}
        public prefix func √ (a: Square) -> Square { a }
        func hidden() {}
        extension Array { public func drawn() -> Int { 0 } }
        """

    /// The source of a declaration `page` in the second module, and the names that it calls.
    static let pages: [(source: String, calls: [String])] = [
        ("func page() { let a = Square(side: 2); draw(a) }", ["Square", "draw(_:)"]),
        ("func page() { draw(Square.unit(), in: .red) }", ["draw(_:in:)", "Square.unit", "Color.red"]),
        // Comments, texts, labels, parameters, locals and Swift's own names are none; interpolations are code.
        ("func page(draw: Int, side: Int) { /* Square */ let exp = draw + side; print(exp, \"Square\") } // Color", []),
        ("func page(a: Square) { print(\"\\(a.side)\") }", ["Square", "Square.side"]),
        ("func page<Square>(a: Square) -> Square { a }", []),
        // What is called with labels is no variable of the same name.
        ("func page(draw: Square) { draw(draw, in: .mixed(2)) }", ["Square", "draw(_:in:)", "Color.mixed"]),
        // Members are known where the text tells the type, or where only one type has them.
        ("func page(a: Square) { a.corner.turned() }", ["Square", "Square.corner", "Square.Corner.turned"]),
        (
            "func page() { unknown().turned(); unknown().count; unknown().side }",
            ["Square.Corner.turned", "Square.side"]
        ),
        ("func page(a: Int, b: [Square]) { a.side; b.side; b.drawn() }", ["Square", "Array.drawn"]),
        ("func page(a: some Shape) { a.area(scaled: 1) }", ["Shape", "Shape.area"]),
        ("func page() { unknown().area(scaled: 1); unknown().area(1) }", ["Shape.area"]),
        (
            "func page(all: [Square]) { all.map(\\.side); all.map(\\Square.corner) }",
            ["Square", "Square.side", "Square.corner"]
        ),
        ("func page(kink: (side: Int, b: Int)) { kink.side }", []),
        // What Swift has too is the library's where its argument is.
        ("func page(a: Square, b: Double) { exp(b); exp(2.0) }", ["Square"]),
        ("func page() { let b = exp(b); b }", []), ("func page(a: Square, b: Double) { exp(a) }", ["Square", "exp"]),
        // Operators that Swift does not have.
        ("func page(a: Square) { √a; a * 2; -1 }", ["Square", "√"]),
        // Nothing that can't be seen from here.
        ("func page() { hidden(); unknown().secret() }", []),
        (
            "func page(a: Square) { switch color { case .red: a; case .mixed(let side): side } }",
            [
                "Square", "Color.red", "Color.mixed",
            ]
        ),
        // A type names what its members call, each once, and none of its members.
        (
            "struct page: Shape { let a: Square; func b() { draw(a); c() }; func c() { draw(a) }; typealias Unit = Int }",
            ["Shape", "Square", "draw(_:)"]
        ),
        ("extension Square { func page() { area(scaled: 1); draw(self); page() } }", ["Square.area", "draw(_:)"]),
        ("let page: Square = .unit()", ["Square", "Square.unit"]),
        ("func page() { func draw(_ a: Int) {}; draw(1) }", []),
    ]

    @Test(arguments: pages) func callsOf(_ source: String, _ calls: [String]) throws {
        try folder.write("Sources/Below/File.swift", Self.below)
        try folder.write("Sources/Above/File.swift", "import Below\n" + source)
        let documentation = Documentation(folders: ["Below", "Above"].map { folder.path + "/Sources/" + $0 })
        let page = try #require(try documentation.entries(for: "page").first)
        #expect(page.calls == calls)
        #expect(page.place == "Sources/Above/File.swift:2")
    }
}
