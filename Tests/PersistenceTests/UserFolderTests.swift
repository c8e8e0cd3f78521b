import Foundation
import Persistence
import Testing

/// Where a person's programs keep things.
@Suite struct UserFolderTests {
    @Test(arguments: [
        (["XDG_DATA_HOME": "/data", "HOME": "/home/a"], "/data"), (["HOME": "/home/a"], "/home/a/.local/share"),
        // Relative and empty paths count as none.
        (["XDG_DATA_HOME": "data", "HOME": "/home/a"], "/home/a/.local/share"),
        (["XDG_DATA_HOME": "", "HOME": "/home/a"], "/home/a/.local/share"), (["HOME": "/"], "/.local/share"),
    ]) func theUsersFolderIsWhereTheSpecificationSays(_ environment: [String: String], _ folder: String) {
        #expect(UserFolder.data(environment) == folder)
        #expect(UserFolder.state(environment).hasSuffix("/.local/state"))
    }

    @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"]]) func withoutAHomeTheSystemsIsTaken(
        _ environment: [String: String]
    ) {
        let home = String(cString: getpwuid(geteuid()).pointee.pw_dir)
        #expect(UserFolder.data(environment) == (home == "/" ? "" : home) + "/.local/share")
    }
}
