import Dispatch
import Synchronization
import Testing

@testable import Notebook

/// What cells are worth, as Swift itself would say it.
@Suite struct EvaluatorTests {
    static let values: [(String, [String])] = [
        ("let a = 1, b = a + 1; b", ["2"]), ("[1, 2, 3].reduce(0) { $0 + Double($1) * 0.5 }", ["3.0"]),
        ("[Double](repeating: 0, count: 2)", ["[0.0, 0.0]"]), ("[Int](repeating: 0, count: 2)", ["[0, 0]"]),
        ("var xs = [1]; xs += [2, 3]; xs.append(contentsOf: [4]); xs", ["[1, 2, 3, 4]"]),
        ("1 + 2 * 3", ["7"]), ("7 / 2", ["3"]), ("7 / 2.0", ["3.5"]), ("1 / 2 * 3.0", ["1.5"]), ("-7 % 3", ["-1"]),
        ("2 + 2 == 4 && !false || false", ["true"]), ("3 > 2 ? \"a\" : \"b\"", ["\"a\""]), ("1_000", ["1000"]),
        ("0xFF + 0b11", ["258"]), ("1e3", ["1000.0"]), ("0.1 + 0.2", ["0.30000000000000004"]),
        ("\"a\\(1 + 1)b\" + \"c\"", ["\"a2bc\""]), ("\"π\".count", ["1"]), ("Int.max", ["9223372036854775807"]),
        ("-9223372036854775808", ["-9223372036854775808"]), ("Double.pi", ["3.141592653589793"]),
        ("[1, 2, 3]", ["[1, 2, 3]"]), ("[1, 2.5]", ["[1.0, 2.5]"]), ("[\"a\", \"b\"]", ["[\"a\", \"b\"]"]),
        ("[1, 2] + [3]", ["[1, 2, 3]"]), ("[1, 2, 3][1]", ["2"]), ("[1, 2, 3][0..<2]", ["[1, 2]"]),
        ("(1, b: 2.0)", ["(1, b: 2.0)"]),
        ("(1, 2).1", ["2"]), ("[\"a\": 1][\"a\"]", ["1"]), ("[\"a\": 1][\"b\"] ?? 5", ["5"]),
        ("(0..<3).map { $0 * $0 }", ["[0, 1, 4]"]),
        ("(1...4).reduce(0, +)", ["10"]), ("[3, 1, 2].sorted()", ["[1, 2, 3]"]),
        ("[3, 1, 2].sorted { $0 > $1 }", ["[3, 2, 1]"]),
        ("[1, 2, 3, 4].filter { $0 % 2 == 0 }", ["[2, 4]"]), ("zip([1, 2], [3, 4]).map { $0 + $1 }", ["[4, 6]"]),
        ("[1, 2].enumerated().map { i, x in i * x }", ["[0, 2]"]),
        ("Array(stride(from: 0, to: 1, by: 0.25))", ["[0.0, 0.25, 0.5, 0.75]"]),
        ("let x = 3; x * x", ["9"]), ("var x = 3; x += 4; x", ["7"]),
        ("var a = [1]; a.append(2); a[0] = 5; a", ["[5, 2]"]),
        ("var t = (a: 1, b: 2); t.a = 7; t", ["(a: 7, b: 2)"]), ("let (a, b) = (1, 2); a + b", ["3"]),
        ("func f(_ n: Int) -> Int { n < 2 ? 1 : n * f(n - 1) }; f(10)", ["3628800"]),
        ("func g(x: Double, by k: Double = 2) -> Double { return x * k }; g(x: 3); g(x: 3, by: 3)", ["6.0", "9.0"]),
        ("let add = { (a: Int, b: Int) in a + b }; add(2, 3)", ["5"]), ("let d: Double = 1; d", ["1.0"]),
        ("let xs: [Double] = [1, 2]; xs", ["[1.0, 2.0]"]),
        ("var s = 0; for i in 1...10 where i % 2 == 0 { s += i }; s", ["30"]),
        ("var n = 0; while true { n += 1; if n == 5 { break } }; n", ["5"]),
        ("var n = 3; repeat { n -= 1 } while n > 0; n", ["0"]),
        (
            "var r = \"\"; switch 7 { case 0: r = \"zero\"; case 1..<10: r = \"digit\"; default: r = \"big\" }; r",
            ["\"digit\""]
        ),
        (
            "func h(_ x: Int) -> String { guard x > 0 else { return \"no\" }; return \"yes\" }; h(1); h(-1)",
            ["\"yes\"", "\"no\""]
        ),
        ("let d = [1: 2]; if let v = d[1] { print(v) }", []), ("min(1, 2) + max(3, 4)", ["5"]),
        ("Int(\"12\") ?? 0", ["12"]),
        ("sqrt(2.0) == 2.0.squareRoot()", ["true"]), ("String(repeating: \"ab\", count: 2)", ["\"abab\""]),
        ("[[1, 2], [3]].flatMap { $0 }", ["[1, 2, 3]"]), ("let 名 = 1; 名 + 1", ["2"]), ("// nothing", []), ("", []),
        ("Int(2.9)", ["2"]),
        ("var k = 0; let up = { k += 1 }; up(); up(); k", ["2"]), ("[1, 2, 3].contains(2)", ["true"]),
        ("5 & 3 | 8", ["9"]), ("1...3", ["1...3"]), ("var x = 1.5; x = 2; x", ["2.0"]),
        ("[1.5, 2.5].reduce(0) { $0 + $1 }", ["4.0"]),
        ("func r() -> Double { 3 }; r() / 2", ["1.5"]),
        ("[1, 2].map { if $0 > 1 { \"a\" } else { \"b\" } }", ["[\"b\", \"a\"]"]),
        ("Double(1 / 2)", ["0.0"]), ("[Double]()", ["[]"]), ("var xs = [1.5]; xs.append(2); xs", ["[1.5, 2.0]"]),
        ("let d = [1: 5]; d[1]! / 2", ["2"]), ("let t: (Double, Int) = (1, 3); t", ["(1.0, 3)"]),
    ]

    @Test(arguments: values.indices) func isWorth(_ i: Int) {
        let (cell, expected) = Self.values[i]
        let outcome = run(cell)
        #expect(outcome.error == nil, "\(cell): \(outcome.error?.message ?? "")")
        #expect(outcome.values == expected, "\(cell)")
    }

    static let errors: [(String, String)] = [
        ("let x = 1 / 0", "error: division by zero\n  let x = 1 / 0\n          ^~~~~"),
        (
            "[Int.max + 1]",
            "error: the result of '+' does not fit into an Int (overflow)\n  [Int.max + 1]\n   ^~~~~~~~~~~"
        ),
        ("let π = 1\nlet y = ρ", "error: line 2: unknown 'ρ': did you mean 'π'?\n  let y = ρ\n          ^"),
        (
            "let n = 3; n * 0.5",
            "error: '*' does not join Int and Double: convert one, as in Double(n)\n  let n = 3; n * 0.5\n             ^~~~~~~"
        ),
        (
            "let c = 1; c = 2",
            "error: 'c' is a constant: declare it with 'var' to change it\n  let c = 1; c = 2\n             ^"
        ),
        ("[1, 2][2]", "error: index 2 is out of range: there are 2 elements, from 0\n  [1, 2][2]\n  ^~~~~~~~~"),
        ("[1, 2].cuont", "error: [Int] has no member 'cuont': did you mean 'count'?\n  [1, 2].cuont\n  ^~~~~~~~~~~~"),
        ("\"a\" * 2", "error: '*' does not join String and Int\n  \"a\" * 2\n  ^~~~~~~"),
        ("let a = (1", "error: expected ')' to end tuple\n  let a = (1\n            ^"),
        ("class C {}", "error: declarations with 'class' are not known to the notebook\n  class C {}\n  ^~~~~~~~~~"),
        ("if 1 { }", "error: expected Bool, not Int\n  if 1 { }\n     ^"),
        ("sqrt(\"a\")", "error: 'sqrt' does not take (String): there is sqrt(_: Double)\n  sqrt(\"a\")\n  ^~~~~~~~~"),
        ("let s = \"漢\" + x", "error: unknown 'x'\n  let s = \"漢\" + x\n                 ^"),
    ]

    @Test(arguments: errors.indices) func failsWith(_ i: Int) {
        let (cell, expected) = Self.errors[i]
        #expect(run(cell).error?.rendered(in: cell) == expected)
    }

    @Test func variablesOutliveAFailedCell() {
        let session = Session(library: Library(), print: { _ in })
        session.run("var a = [1, 2, 3]")
        #expect(session.run("a.append(4); a[17] = 0").error != nil)
        #expect(session.run("a").values == ["[1, 2, 3, 4]"])
        #expect(session.run("_").values == ["[1, 2, 3, 4]"])
    }

    @Test func printsInOrder() {
        let text = Mutex("")
        let session = Session(library: Library()) { piece in text.withLock { $0 += piece } }
        session.run("for i in 0..<3 { print(i, terminator: \",\") }\nprint(\"a\", 1.5)")
        #expect(text.withLock { $0 } == "0,1,2,a 1.5\n")
    }

    @Test(arguments: [
        "while true {}", "func f() { while true { let x = [1, 2, 3].map { $0 + 1 } } }; f()",
        "(0..<5_000_000).map { $0 * 2 }.reduce(0, +)",
    ])
    func stopsWhenTold(_ cell: String) {
        let session = Session(library: Library(), print: { _ in })
        session.run("let kept = 42")
        let stop = StopSignal()
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { stop.raise() }
        let outcome = session.run(cell, stop: stop)
        #expect(outcome.error?.message == "interrupted")
        #expect(session.run("kept").values == ["42"])
    }

    @Test func asksForMoreLines() {
        let session = Session(library: Library(), print: { _ in })
        for unfinished in [
            "let a = [1,", "func f() {", "let x =", "f(1,\n2", "\"\"\"\ntext", "/* comment", "[1].map {",
        ] {
            #expect(session.isUnfinished(unfinished), "\(unfinished)")
        }
        for finished in ["1 + 1", "let a = [1]", "func f() { }", "}", "let 1 = 2", ""] {
            #expect(!session.isUnfinished(finished), "\(finished)")
        }
    }

    private func run(_ cell: String) -> Session.Outcome { Session(library: Library(), print: { _ in }).run(cell) }
}
