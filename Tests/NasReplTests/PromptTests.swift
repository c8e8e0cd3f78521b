import Foundation
import TestSupport
import Testing

/// The prompt on a real pseudo-terminal.
@Suite(.serialized) struct PromptTests {
    private let folder = TemporaryFolder()

    @Test func cellsAreNumberedAndShown() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("6 * 7\r")
        #expect(terminal.waits(for: "Out[1]: 42"))
        #expect(terminal.waits(for: "In [2]: "))
        terminal.type("rolout(1)\r")
        #expect(terminal.waits(for: "error: unknown 'rolout': did you mean 'rollout(_:in:seed:)'?"))
        terminal.type(":quit\r")
        #expect(terminal.exitCode() == 0)
    }

    @Test func unfinishedCellsAskForMore() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("func f(_ x: Int) -> Int {\r")
        #expect(terminal.waits(for: "   ...: "))
        terminal.type("x + 1\r")
        #expect(terminal.waits(for: "   ...: "))
        terminal.type("}\r")
        #expect(terminal.waits(for: "In [2]: "))
        terminal.type("f(41)\r")
        #expect(terminal.waits(for: "Out[2]: 42"))
    }

    @Test func tabEntersUnicodeAndCompletesNames() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("let \\pi\t = 3\r")
        #expect(terminal.waits(for: "In [2]: "))
        terminal.type("\\pi\t + 1\r")
        #expect(terminal.waits(for: "Out[2]: 4"))
        terminal.type("digits.imageS\t\r")
        #expect(terminal.waits(for: "Out[3]: 8×8×1"))
        terminal.type("π\r")
        #expect(terminal.waits(for: "Out[4]: 3"))
    }

    @Test func controlCStopsTheCellAndKeepsTheSession() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("let kept = 17\r")
        #expect(terminal.waits(for: "In [2]: "))
        terminal.type("print(\"running\"); while true {}\r")
        #expect(terminal.waits(for: "\nrunning"))
        terminal.type("\u{3}")
        #expect(terminal.waits(for: "error: interrupted"))
        #expect(terminal.waits(for: "In [3]: "))
        // On an unfinished line it drops the line.
        terminal.type("1 + \u{3}")
        #expect(terminal.waits(for: "In [3]: "))
        terminal.type("kept\r")
        #expect(terminal.waits(for: "Out[3]: 17"))
        // A second one does not end the program either, nor does one inside a library's computation.
        terminal.type("search(digits, children: 1000, seed: 1)\r")
        #expect(terminal.waits(for: "/1000"))
        terminal.type("\u{3}\u{3}")
        #expect(terminal.waits(for: "error: interrupted"))
        terminal.type("kept + 1\r")
        #expect(terminal.waits(for: "Out[5]: 18"))
        terminal.type("\u{4}")
        #expect(terminal.exitCode() == 0)
    }

    @Test func keysPressedWhileACellRunsAreForTheNextPrompt() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("print(\"running\"); for _ in 0..<200_000 {}\r")
        #expect(terminal.waits(for: "\nrunning"))
        // Ctrl-A goes to the beginning of the line; Ctrl-D leaves on the empty line after it, not before.
        terminal.type("* 7\u{1}6 \r\u{4}")
        #expect(terminal.waits(for: "Out[2]: 42"))
        #expect(terminal.exitCode() == 0)
    }

    @Test func historyIsKeptBetweenSessions() throws {
        let first = try PseudoTerminal(folder: folder)
        #expect(first.waits(for: "In [1]: "))
        first.type("let remembered = 5\r")
        #expect(first.waits(for: "In [2]: "))
        first.type("\u{4}")
        #expect(first.exitCode() == 0)
        let second = try PseudoTerminal(folder: folder)
        #expect(second.waits(for: "In [1]: "))
        second.type("\u{1B}[A\r")
        #expect(second.waits(for: "let remembered = 5"))
        #expect(second.waits(for: "In [2]: "))
        second.type("remembered\r")
        #expect(second.waits(for: "Out[2]: 5"))
    }

    @Test func twoSessionsKeepTheCellsOfBoth() throws {
        let first = try PseudoTerminal(folder: folder), second = try PseudoTerminal(folder: folder)
        #expect(first.waits(for: "In [1]: ") && second.waits(for: "In [1]: "))
        for (n, terminal) in [(1, first), (2, second), (3, first), (4, second)] {
            terminal.type("let kept\(n) = \"π \\\\ \(n)\"\r")
            #expect(terminal.waits(for: "]: "))
        }
        // The one that is killed loses nothing either.
        first.type("\u{4}")
        #expect(first.exitCode() == 0)
        second.kill()
        let third = try PseudoTerminal(folder: folder)
        #expect(third.waits(for: "In [1]: "))
        // Up, as often as the cell is old; each cell that is run is one more.
        for n in [4, 3, 2, 1] {
            third.type(String(repeating: "\u{1B}[A", count: 2 * (4 - n) + 4 - n + 1) + "\r")
            #expect(third.waits(for: "]: "))
            third.type("kept\(n)\r")
            #expect(third.waits(for: "\"π \\\\ \(n)\""))
        }
    }

    @Test func aBlankLineInsideBracesIsAPartOfTheCell() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        for line in ["func f(_ x: Int) -> Int {", "", "  let y = x", "", "", "  return y + 1", "}"] {
            terminal.type(line + "\r")
            #expect(terminal.waits(for: line == "}" ? "In [2]: " : "   ...: "))
        }
        terminal.type("f(41)\r")
        #expect(terminal.waits(for: "Out[2]: 42"))
        // An operator without its right side is no bracket: a blank line ends it, and the error says what is missing.
        terminal.type("1 +\r\r")
        #expect(terminal.waits(for: "error: "))
        #expect(terminal.waits(for: "In [4]: "))
    }

    @Test func aVariableIsShownAtOnceAndTheDocumentationCanBeInterrupted() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("let mine = [0.5, 2]\r")
        #expect(terminal.waits(for: "In [2]: "))
        terminal.type("?mine\r")
        #expect(terminal.waits(for: "mine: [Double] = [0.5, 2.0]"))
        terminal.type("??nothingOfThatName\r\u{3}")
        #expect(terminal.waits(for: "]: "))
        terminal.type("func twice(_ x: Int) -> Int { 2 * x }\r")
        #expect(terminal.waits(for: "]: "))
        terminal.type("?twice\r")
        #expect(terminal.waits(for: "twice(_ x: Int) -> Int { 2 * x }"))
        #expect(terminal.waits(for: "— cell 2"))
        terminal.type("mine[0]\r")
        #expect(terminal.waits(for: ": 0.5"))
    }

    @Test func aVariableDoesNotHideTheLibrarysName() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("?rollout\r")
        #expect(terminal.waits(for: "public func rollout<State>("))
        terminal.type("let rollout = 3\r")
        #expect(terminal.waits(for: "In [2]: "))
        terminal.type("?rollout\r")
        #expect(terminal.waits(for: "rollout: Int = 3"))
        #expect(terminal.waits(for: "The library has this name, too: ?rollout(_:in:seed:)"))
        terminal.type("?rollout(_:in:seed:)\r")
        #expect(terminal.waits(for: "public func rollout<State>("))
    }

    @Test func onePageLeadsToTheNextDownToTheLoopThatRuns() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("??expectedReturn\r")
        #expect(terminal.waits(for: "calls: "))
        #expect(terminal.waits(for: "expectation"))
        terminal.type("??expectation\r")
        #expect(terminal.waits(for: "func expectation"))
        terminal.type("?ConvolutionTile\r")
        #expect(terminal.waits(for: "struct ConvolutionTile"))
        terminal.type("?Bandit.horizon\r")
        #expect(terminal.waits(for: "from World: The largest number of actions in an episode."))
    }

    @Test func whatAnotherSystemPastesIsTheSameCell() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("\u{1B}[200~let s = \"\"\"\r\na\r\nb\r\n\"\"\"\r\ns.count\u{1B}[201~\r")
        #expect(terminal.waits(for: "Out[1]: 3"))
    }

    @Test func aPastedBlockIsOneCell() throws {
        let terminal = try PseudoTerminal(folder: folder)
        #expect(terminal.waits(for: "In [1]: "))
        terminal.type("\u{1B}[200~let a = 20\nlet b = 22\na + b\u{1B}[201~\r")
        #expect(terminal.waits(for: "Out[1]: 42"))
        #expect(terminal.waits(for: "In [2]: "))
    }

    @Test func aLessonIsFollowedWithReturn() throws {
        let terminal = try PseudoTerminal(["lesson", "0"], folder: folder)
        #expect(terminal.waits(for: "A tour"))
        #expect(terminal.waits(for: "Return runs this cell"))
        terminal.type("\r")
        #expect(terminal.waits(for: "Out[1]: "))
        #expect(terminal.waits(for: "GridWorld 2×3"))
        #expect(terminal.waits(for: "Return runs this cell"))
    }

    @Test func anExerciseIsSolvedWithHintsAndChecked() throws {
        let text = "# Doubling\n\n\(SmallExercise.lesson)\nThe end comes here.\n"
        let lesson = try folder.write("exercise.md", text)
        let terminal = try PseudoTerminal(["lesson", lesson], folder: folder)
        #expect(terminal.waits(for: "Your turn"))
        #expect(terminal.waits(for: "]: "))
        terminal.type("\r")
        #expect(terminal.waits(for: "Not yet: the check should show"))
        terminal.type(":hint\r")
        #expect(terminal.waits(for: "Hint 1 of 1: Multiply."))
        terminal.type(":hint\r")
        #expect(terminal.waits(for: "There are no more hints"))
        terminal.type("func double(_ x: Int) -> Int { x + x }\r")
        #expect(terminal.waits(for: "]: "))
        terminal.type("\r")
        #expect(terminal.waits(for: "Right."))
        #expect(terminal.waits(for: "The end comes here."))
        #expect(terminal.waits(for: "The end of the lesson."))
        terminal.type(":solution\r")
        #expect(terminal.waits(for: "There is no exercise here."))
    }
}
