import Foundation

/// The folders that a person's programs keep things in, by the XDG base directory specification.
public enum UserFolder {
    /// Where data are kept: `$XDG_DATA_HOME`, or `.local/share` in the person's home.
    public static func data(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        absolute(environment["XDG_DATA_HOME"]) ?? home(environment) + "/.local/share"
    }

    /// Where what outlives a session is kept: `$XDG_STATE_HOME`, or `.local/state` in the person's home.
    public static func state(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        absolute(environment["XDG_STATE_HOME"]) ?? home(environment) + "/.local/state"
    }

    /// `$HOME`, or what the system's list of its users says.
    private static func home(_ environment: [String: String]) -> String {
        let home =
            absolute(environment["HOME"]) ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/"
        return home == "/" ? "" : home
    }

    /// The specification has relative paths ignored: they would be another folder wherever the program is started.
    private static func absolute(_ path: String?) -> String? { path.flatMap { $0.hasPrefix("/") ? $0 : nil } }
}
