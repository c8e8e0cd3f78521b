import ArgumentParser
import Foundation

/// The command line. Exit codes: 0 done, 1 the work failed, 2 usage, 3 a lesson could not be run, 130 interrupted.
@main
enum Program {
    static func main() {
        // In the C locale libedit would drop every character that is not ASCII.
        if setlocale(LC_CTYPE, "") == nil || String(cString: nl_langinfo(Int32(CODESET))) != "UTF-8" {
            setlocale(LC_CTYPE, "C.UTF-8")
        }
        // Whoever started this program may have blocked the signals that are to end or to interrupt it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // A reader that went away (`nas-repl … | head`) ends the program without a message.
        signal(SIGPIPE, SIG_DFL)
        do {
            var command = try NasRepl.parseAsRoot()
            try command.run()
        } catch {
            let code = NasRepl.exitCode(for: error)
            if code == .success {
                print(NasRepl.fullMessage(for: error))
                exit(0)
            }
            let message = NasRepl.fullMessage(for: error)
            if !message.isEmpty { printError(message) }
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }
}

struct NasRepl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nas-repl",
        abstract: "A notebook that derives the policy gradient, and uses it to design neural networks.",
        version: "nas-repl 0.1.0",
        subcommands: [
            NotebookCommand.self, LessonCommand.self, EvalCommand.self, RunCommand.self, CheckCommand.self,
            SearchCommand.self, RunsCommand.self, ResumeCommand.self, ReportCommand.self, GradeCommand.self,
        ],
        defaultSubcommand: NotebookCommand.self)
}
