import Testing

@testable import Notebook

/// What `?name` shows of a session's own names.
@Suite struct SessionVariableTests {
    let session = Session(library: Library(), print: { _ in })

    private func declarations(of name: String) throws -> [String] {
        try #require(try session.variable(named: name)).declarations.map { "\($0.cell): \($0.source)" }
    }

    @Test func aVariableHasItsTypeItsValueAndWhereItIsFrom() throws {
        session.run("let a = [0.5, 2], (b, c) = (1, \"x\")")
        session.run("var d = 1; d += 1")
        let a = try #require(try session.variable(named: "a"))
        #expect(a.type == "[Double]" && a.value == "[0.5, 2.0]" && !a.isFunction)
        #expect(try declarations(of: "a") == ["1: let a = [0.5, 2]"])
        #expect(try declarations(of: "c") == ["1: let (b, c) = (1, \"x\")"])
        #expect(try session.variable(named: "d")?.value == "2")
        #expect(try declarations(of: "d") == ["2: var d = 1"])
        #expect(try session.variable(named: "e") == nil)
    }

    @Test func aFunctionIsWhatWasWritten() throws {
        session.run("1\n/// Twice.\n/// And no more.\nfunc f(_ x: Int) -> Int {\n    2 * x\n}")
        #expect(
            try declarations(of: "f") == ["1: /// Twice.\n/// And no more.\nfunc f(_ x: Int) -> Int {\n    2 * x\n}"])
        #expect(try session.variable(named: "f")?.isFunction == true)
        session.run("func f(_ x: Double) -> Double { 2 * x }")
        #expect(try declarations(of: "f").count == 2)
        session.run("func f(_ x: Int) -> Int { x + x }")
        #expect(
            try declarations(of: "f") == [
                "2: func f(_ x: Double) -> Double { 2 * x }", "3: func f(_ x: Int) -> Int { x + x }",
            ])
        session.run("let f = { $0 + 1 }")
        #expect(try declarations(of: "f") == ["4: let f = { $0 + 1 }"])
        #expect(try session.variable(named: "f")?.isFunction == true)
    }

    @Test func whatFailedDeclaredNothing() throws {
        session.run("let a = 1\nlet b = 1 / 0\nlet c = 2")
        #expect(try declarations(of: "a") == ["1: let a = 1"])
        #expect(try session.variable(named: "b") == nil)
        session.run("let a = 1 / 0")
        #expect(try declarations(of: "a") == ["1: let a = 1"])
        session.reset()
        #expect(try session.variable(named: "a") == nil)
        session.run("for i in 0..<2 { let inner = i }")
        #expect(try session.variable(named: "inner") == nil)
    }

    @Test func aSignalStopsIt() {
        session.run("let a = 1")
        let error = #expect(throws: CellError.self) { try session.variable(named: "a", stop: StopSignal { true }) }
        #expect(error?.message == "interrupted")
    }
}
