import LapseLinux
import LinuxFixture
import Testing

@Suite struct LoginShellsTests {
    @Test func `the programs of the list count with where their links lead`() {
        let list = """
            # /etc/shells
            /bin/sh
            /usr/bin/tmux

            bash
            /nowhere/zsh
            """
        let programs = LoginShells.programs(in: Array(list.utf8))
        #expect(programs.isSuperset(of: ["/bin/sh", "/nowhere/zsh"]))
        #expect(!programs.contains { $0.hasSuffix("tmux") || $0 == "bash" || $0.hasPrefix("#") })
        // Debian's sh is dash.
        #expect(programs.count == 3)
    }

    @Test func `no more shells are read than the limit`() {
        let list = (0...LoginShells.shellsMax).map { "/nowhere/\($0)\n" }.joined()
        #expect(LoginShells.programs(in: Array(list.utf8)).count == LoginShells.shellsMax)
    }

    @Test func `a shell is known by what it runs`() throws {
        let shell = TerminalLogin(["/bin/sh", "-c", "echo READY; cat; true"])
        try #require(shell.shows("READY"))
        var shells = LoginShells()
        let answers = [shell.family["shell"], shell.family["leader"], -1].map {
            shells.are(runBy: $0)
        }
        #expect(answers == [true, false, false])
    }
}
