import ArgumentParser
import Testing

@testable import LapseCommands

@Suite struct HelpTests {
    @Test func `the help of lapsectl is this`() {
        #expect(
            Lapsectl.helpMessage(columns: 80) == """
                OVERVIEW: Show login sessions, see what will happen to them and why, and steer
                them.

                Root sees and steers every session. Members of group lapse see every session.
                Everybody else sees and steers his own, as far as the policy lets him.

                Exit status: 0 done; 1 a fault; 3 no such session; 4 not permitted; 5 the
                daemon cannot be reached; 64 wrong usage.

                USAGE: lapsectl <subcommand>

                OPTIONS:
                  --version               Show the version.
                  -h, --help              Show help information.

                SUBCOMMANDS:
                  list                    List the sessions: who, from where, how idle, and
                                          what happens next.
                  show                    Show all that is known of one session.
                  why                     Say why a session is treated as it is, and what
                                          happens to it when.
                  end                     End a session; its user is shown the reason.
                  touch                   Count as activity in a session: its idle time begins
                                          anew.
                  hold                    Keep a session from its idle limit for a time.
                  release                 Lift a session's hold: its idle limit is in force
                                          again.
                  lock                    Lock a session's terminals; it goes on when its user
                                          re-authenticates.
                  unlock                  Unlock a session without its user; takes root.
                  extend                  Move the ends that are due for a session by a time;
                                          takes root.
                  revoke                  End all sessions of a user; takes root.
                  status                  Show the daemon's state, its policy files and what it
                                          has counted.
                  reload                  Put the policy's files in force, whole or not at all;
                                          takes root.
                  policy                  Check policy files, explain what they say of a user,
                                          show what is in force.

                  See 'lapsectl help <subcommand>' for detailed help.
                """
        )
    }

    @Test func `the help of list is this`() {
        #expect(
            Lapsectl.helpMessage(for: ListCommand.self, columns: 80) == """
                OVERVIEW: List the sessions: who, from where, how idle, and what happens next.

                USAGE: lapsectl list [--ended] [--json] [--socket <path>]

                OPTIONS:
                  --ended                 Include the sessions on record that have ended.
                  --json                  Print one JSON document: the daemon's reply.
                  --socket <path>         The daemon's control socket. (default:
                                          /run/lapse/control)
                  --version               Show the version.
                  -h, --help              Show help information.

                """
        )
    }

    @Test func `the help of end is this`() {
        #expect(
            Lapsectl.helpMessage(for: EndCommand.self, columns: 80) == """
                OVERVIEW: End a session; its user is shown the reason.

                USAGE: lapsectl end <id> --why <text> [--json] [--socket <path>]

                ARGUMENTS:
                  <id>                    The session's id, from 'lapsectl list'.

                OPTIONS:
                  --why <text>            The reason, for the record and for the user: 1 to 200
                                          characters.
                  --json                  Print one JSON document: the daemon's reply.
                  --socket <path>         The daemon's control socket. (default:
                                          /run/lapse/control)
                  --version               Show the version.
                  -h, --help              Show help information.

                """
        )
    }

    @Test func `the help of hold is this`() {
        #expect(
            Lapsectl.helpMessage(for: HoldCommand.self, columns: 80) == """
                OVERVIEW: Keep a session from its idle limit for a time.

                It takes the place of a hold before it, is recorded, and shows in 'lapsectl
                list'. The policy's hold-max says how long a user may hold his own sessions.

                USAGE: lapsectl hold <duration> [<id>] --why <text> [--json] [--socket <path>]

                ARGUMENTS:
                  <duration>              For how long from now, as in 30m or 1h30m.
                  <id>                    The session's id, from 'lapsectl list'.
                        Without it, the session that the command runs in.

                OPTIONS:
                  --why <text>            The reason, for the record: 1 to 200 characters.
                  --json                  Print one JSON document: the daemon's reply.
                  --socket <path>         The daemon's control socket. (default:
                                          /run/lapse/control)
                  --version               Show the version.
                  -h, --help              Show help information.

                """
        )
    }

    @Test(arguments: [CompletionShell.bash, .zsh, .fish])
    func `completions can be generated and know every subcommand`(shell: CompletionShell) {
        let script = Lapsectl.completionScript(for: shell)
        for word in [
            "list", "show", "end", "status", "--json", "--socket", "--why", "--ended", "hold",
            "touch", "release", "lock", "unlock", "extend", "revoke", "reload", "policy",
            "explain", "check",
            "--against", "nist-800-53-high", "--policy-dir", "--terminal", "--privileged",
        ] {
            // fish writes options without their dashes.
            let known = script.contains(word) || script.contains(word.drop { $0 == "-" })
            #expect(known, "\(word)")
        }
    }
}
