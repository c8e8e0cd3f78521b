import NotebookPrelude
import Testing

@testable import Notebook

/// The names that are found without the Swift parser are those that it finds.
@Suite struct DeclarationScannerTests {
    @Test func findsWhatTheParserFindsInTheLibrary() {
        let files = SourceFile.all(in: documentedFolders)
        #expect(files.count > 50)
        for file in files {
            #expect(
                DeclarationScanner(file.bytes).names == Declaration.all(in: file.bytes).map(\.name), "\(file.label)")
        }
    }

    static let sources: [(source: String, names: [String])] = [
        ("let a, b: Double, c = f(1, x: 2); var d = [1, 2], e: A<B, C> = g", ["a", "b", "c", "d", "e"]),
        ("let (x, (y, z)) = t, w = 1", ["x", "y", "z", "w"]),
        ("func f<T: P, let n: Int>(_ a: T, to b: [Int: T] = [:], c: (Int, d: Int) -> A<B, C>) {}", ["f(_:to:c:)"]),
        (
            "func f(`in` a: Int, for: Int = g(h: 1)) async throws -> Int { let x = 1; func g() {}; return x }",
            ["f(in:for:)"]
        ),
        ("prefix operator ∇\nprefix func ∇ <T>(f: T) {}\nstatic func <= (a: A, b: A) {}", ["∇(_:)", "<=(_:_:)"]),
        (
            "struct A { init?(_ a: Int) {}\n subscript(i: Int, at j: Int) -> Int { 1 } }",
            ["A", "A(_:)", "A.subscript(_:at:)"]
        ),
        (
            "indirect enum E: Int { case a = -1, b, c(Int, d: [String: Int])\n case f(A<B, C>)\n static let g = E.a }",
            ["E", "E.a", "E.b", "E.c(_:d:)", "E.f(_:)", "E.g"]
        ),
        ("extension A.B: C where D: E { class F { var `self`: Int { get { 1 } } } }", ["A.B.F", "A.B.F.self"]),
        ("extension [Int] { func f() {} }", ["Array.f()"]), ("extension A? { func f() {} }", ["A.f()"]),
        (
            "protocol P: AnyObject { associatedtype A; func f(_ a: A) -> A; var b: A { get } }",
            ["P", "P.A", "P.f(_:)", "P.b"]
        ),
        ("class C { class func f() {}; deinit { var g = 1 } }", ["C", "C.f()"]),
        ("@available(macOS 26, *) @objc(a:b:) public private(set) var a = 1", ["a"]),
        ("// func a() {}\n/* func b() {} /* */ { */ let c = 1 /* } */", ["c"]),
        ("let a = \"} func b() { \\(f(\"}\") { \"\\($0)\" }) \"; func c() {}", ["a", "c()"]),
        ("let a = #\"\"\"#; let b = #\"\\(x) \"} \"#; func c() {}", ["a", "b", "c()"]),
        ("let a = \"\"\"\n  } \" func b() { \\(\"}\")\n  \"\"\"; func c() {}", ["a", "c()"]),
        ("#if A\nfunc a() {}\n#else\nfunc b() {}\n#endif\nif let c = d { let e = 1 }", ["a()", "b()"]),
        ("typealias A<B> = C<B>; var a: A.B { if case .b = c { return d }; return e.init(f: 1) }", ["A", "a"]),
        ("", []),
    ]

    @Test(arguments: sources) func findsTheNamesOf(_ source: String, _ names: [String]) {
        let bytes = Array(source.utf8)
        let scanned = DeclarationScanner(bytes).names
        #expect(scanned.map(\.fullName) == names)
        #expect(scanned == Declaration.all(in: bytes).map(\.name))
    }

    /// Text that is no Swift ends the scan all the same, and not by a trap: whatever the sources are cut to.
    @Test func endsWhereverASourceBreaksOff() {
        for (source, _) in Self.sources {
            let bytes = Array(source.utf8)
            for length in bytes.indices {
                for part in [bytes[..<length], bytes[length...]] {
                    let scan = DeclarationScanner(Array(part))
                    #expect(scan.names.count <= part.count)
                    #expect(scan.typeNames.count == scan.names.count)
                }
            }
        }
    }

    @Test func aDeclarationIsAsOpenAsWhatItStandsInAtMost() {
        let source = """
            public struct A { public let a = 1; let b = 2; private let c = 3; public private(set) var d = 4 }
            struct B { public let a = 1; fileprivate struct C { public let a = 1 } }
            public enum E { case a }
            public protocol P { var a: Int { get } }
            """
        let names = DeclarationScanner(Array(source.utf8)).names
        #expect(
            names.map { "\($0.access) \($0.fullName)" } == [
                "public A", "public A.a", "internal A.b", "private A.c", "public A.d", "internal B", "internal B.a",
                "fileprivate B.C", "fileprivate B.C.a", "public E", "public E.a", "public P", "public P.a",
            ])
    }
}
