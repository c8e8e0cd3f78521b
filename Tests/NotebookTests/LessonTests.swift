import TestSupport
import Testing

@testable import Notebook

@Suite struct LessonTests {
    static let text = """
        # A title

        Some prose with `code`.

        ```swift
        let x = 1
        x + 1
        ```
        ```output
        2
        ```

        <!-- nas: tol=0.1 -->
        ```swift
        0.5 + 0.01
        ```
        ```output
        0.5
        ```

        <!-- nas: error -->
        ```swift
        1 / 0
        ```
        ```output
        error: division by zero
        ...
        ```

        <!-- nas: skip -->
        ```swift
        never()
        ```

        ```python
        not ours
        ```

        """

    @Test func readsCellsWithTheirPlaces() throws {
        let lesson = try Lesson(Self.text, path: "a.md")
        #expect(lesson.title == "A title")
        #expect(lesson.cells.map(\.line) == [6, 15, 23, 32])
        #expect(lesson.cells.map(\.output) == ["2", "0.5", "error: division by zero\n...", nil])
        #expect(lesson.cells[1].attributes.tolerance == 0.1)
        #expect(lesson.cells[3].attributes.skip)
    }

    @Test func aTrueLessonHasNoDifferences() throws {
        let lesson = try Lesson(Self.text, path: "a.md")
        #expect(lesson.differences(from: lesson.outputs(with: Library())).isEmpty)
    }

    @Test(arguments: [
        ("\n2\n", "\n3\n", 1), ("\n0.5\n", "\n0.7\n", 2), ("by zero", "by one", 3), ("let x = 1", "let x = y", 1),
    ])
    func anAlteredLessonNamesTheCell(_ old: String, _ new: String, _ cell: Int) throws {
        let lesson = try Lesson(Self.text.replacing(old, with: new), path: "a.md")
        let differences = lesson.differences(from: lesson.outputs(with: Library()))
        #expect(differences.first?.cell.number == cell)
        #expect(
            differences.first?.description.hasPrefix("a.md:\(lesson.cells[cell - 1].line): cell \(cell) differs")
                == true)
    }

    @Test func anUnexpectedErrorIsADifferenceEvenWhereOutputIsNotCompared() throws {
        let lesson = try Lesson("<!-- nas: run-only -->\n```swift\nx\n```\n", path: "a.md")
        #expect(lesson.differences(from: lesson.outputs(with: Library())).count == 1)
    }

    @Test func anUpdateWritesWhatDiffersAndNothingElse() throws {
        let lesson = try Lesson(Self.text.replacing("\n2\n", with: "\n3\n"), path: "a.md")
        #expect(try lesson.updated(with: lesson.differences(from: lesson.outputs(with: Library()))) == Self.text)
        let bare = try Lesson("```swift\n1 + 1\n```\n\nafter\n", path: "a.md")
        #expect(
            try bare.updated(with: bare.differences(from: bare.outputs(with: Library())))
                == "```swift\n1 + 1\n```\n```output\n2\n```\n\nafter\n")
    }

    /// What differs within its tolerance is true, and yet written by an update: a lesson shows what its cells print today.
    @Test func anUpdateAlsoWritesWhatIsWithinTheTolerance() throws {
        let lesson = try Lesson(Self.text, path: "a.md")
        let outputs = lesson.outputs(with: Library())
        #expect(lesson.differences(from: outputs).isEmpty)
        #expect(lesson.differences(from: outputs, exactly: true).map(\.actual) == ["0.51"])
    }

    @Test func badLessonsNameTheLine() {
        let attribute = #expect(throws: LessonError.self) { try Lesson("<!-- nas: sikp -->\n", path: "a.md") }
        #expect(
            attribute?.description
                == "a.md:1: unknown attribute 'sikp': there are skip, run-only, error, tol=NUMBER, exercise=NAME, hint and solution"
        )
        let output = #expect(throws: LessonError.self) { try Lesson("text\n\n```output\n1\n```\n", path: "a.md") }
        #expect(output?.description == "a.md:3: an output block belongs right behind a swift cell")
    }

    static let comparisons: [(String, String, Double?, Bool)] = [
        ("a 1.5 b", "a 1.5 b", nil, true), ("a 1.5 b", "a 1.6 b", nil, false), ("a 1.5 b", "a 1.6 b", 0.1, true),
        ("a 1.5 b", "a 1.6 c", 0.1, false), ("took 3 s", "took ... s", nil, true),
        ("took 3 m", "took ... s", nil, false),
        ("a\nb\nc", "a\n...", nil, true), ("a\nb\nc", "...\nc", nil, true), ("a\nb", "...\nc", nil, false),
        ("a", "a\n...", nil, true),
        ("[ 1e-17, 2]", "[0, 2]", 1e-9, true), ("-1", "1", 0.5, false), ("1", "1 2", 1, false),
        ("a  ", "a", nil, true),
    ]

    @Test(arguments: comparisons) func matches(
        _ actual: String, _ expected: String, _ tolerance: Double?, _ isRight: Bool
    ) {
        #expect(Lesson.matches(actual, expected, tolerance: tolerance) == isRight)
    }

    @Test func theProgramShowsWhatTheNotebookShows() throws {
        let program = try Lesson(Self.text, path: "a.md").program(importing: ["Foundation"])
        #expect(program.contains("let x = 1\nshow(x + 1)"))
        #expect(!program.contains("never()") && !program.contains("1 / 0"))
    }

    /// The slash behind a member called `return` is a division, for the compiler as for the notebook.
    @Test func theProgramDividesReturns() throws {
        let lesson = try Lesson("```swift\nτ.return / 2\n1 < 2 // π\n```\n", path: "a.md")
        let program = lesson.program(importing: [])
        #expect(program.contains("show(τ.return / 2)\nshow(1 < 2) // π"))
    }

    @Test func anExerciseIsCheckedWithItsSolution() throws {
        let lesson = try Lesson(SmallExercise.lesson, path: "a.md")
        #expect(lesson.differences(from: lesson.outputs(with: Library())).isEmpty)
        #expect(lesson.check(of: lesson.cells[0])?.number == 3)
        #expect(lesson.cells.count == 3)
        let hints = lesson.blocks.compactMap { if case .hint(let text) = $0 { text } else { nil } }
        #expect(hints == ["Multiply."])
        // Compiled, the function would be there twice.
        #expect(!lesson.program(importing: []).contains("yours"))
    }

    @Test func anExerciseThatIsSolvedFromTheStartIsFalse() throws {
        let lesson = try Lesson(SmallExercise.lesson.replacing("0  // yours", with: "x + x"), path: "a.md")
        let differences = lesson.differences(from: lesson.outputs(with: Library()))
        #expect(differences.map(\.cell.number) == [1])
        #expect("\(differences[0])".contains("comes out right before anything was written"))
    }

    @Test func exercisesThatAreNotWholeNameTheLine() {
        func problem(_ text: String) -> String? {
            #expect(throws: LessonError.self) { try Lesson(text, path: "a.md") }?.description
        }
        let cell = "```swift\n1\n```\n\n"
        #expect(problem("<!-- nas: exercise=a -->\n" + cell) == "a.md: the exercise 'a' has no solution")
        #expect(
            problem("<!-- nas: exercise=a -->\n" + cell + cell)
                == "a.md:6: the exercise 'a' has no solution before this cell")
        #expect(problem("<!-- nas: solution -->\n" + cell) == "a.md:2: a solution without an exercise")
        #expect(problem("<!-- nas: hint -->\nText.\n") == "a.md:2: a hint stands between an exercise and its solution")
        #expect(
            problem("<!-- nas: exercise=a -->\n" + cell + "<!-- nas: solution -->\n" + cell)
                == "a.md:8: no cell behind this solution checks it")
        #expect(
            problem(
                "<!-- nas: exercise=a -->\n" + cell + "<!-- nas: solution -->\n" + cell + "<!-- nas: skip -->\n" + cell)
                == "a.md:8: no cell behind this solution checks it")
        #expect(
            problem("<!-- nas: exercise=a skip -->\n" + cell)
                == "a.md:2: an exercise starts from a cell that runs: it can't be skip, error or run-only")
        #expect(problem(cell + "<!-- nas: skip -->\n") == "a.md: the last attributes have no cell behind them")
    }
}
