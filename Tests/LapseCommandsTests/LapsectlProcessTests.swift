import ControlFixture
import FoundationEssentials
import Glibc
import LapseControl
import Testing

/// The built command as a process, against a fixture on a real socket.
@Suite struct LapsectlProcessTests {
    private static let program = ProgramRun.built("lapsectl")

    private func run(_ arguments: [String], peer: ControlPeer = .root) -> ProgramRun {
        let server = FixtureServer(peer: peer)
        defer { server.stop() }
        return ProgramRun(Self.program, arguments + ["--socket", server.path])
    }

    private static let statuses: [(arguments: [String], status: Int32)] = [
        (["list"], 0),
        (["list", "--ended"], 0),
        (["show", "a6"], 0),
        (["status"], 0),
        (["end", "a1", "--why", "lunch"], 0),
        (["show", "b5"], 3),
        (["show", "none"], 3),
        (["end", "b5", "--why", "x"], 3),
        (["show", ""], 1),
        (["end", "a1"], 64),
        (["end", "a1", "--why", " \n"], 64),
        (["end", "a1", "--why", String(repeating: "y", count: 201)], 64),
        (["end", "--why", "x"], 64),
        (["list", "x"], 64),
        (["list", "--nothing"], 64),
        (["nothing"], 64),
        (["why", "a1"], 0), (["why", "b5"], 3), (["why", "a6"], 1), (["why"], 64),
        (["touch", "a1"], 0), (["touch", "b5"], 3), (["touch"], 64),
        (["release", "a2"], 0), (["release"], 64),
        (["hold", "30m", "a1", "--why", "lunch"], 0), (["hold", "2h", "a1", "--why", "lunch"], 0),
        (["hold", "2h1ms", "a1", "--why", "lunch"], 4), (["hold", "30m", "--why", "x"], 64),
        (["hold", "0s", "a1", "--why", "x"], 64), (["hold", "30", "a1", "--why", "x"], 64),
        (["hold", "366d", "a1", "--why", "x"], 64), (["hold", "30m", "a1"], 64),
        (["hold", "30m", "a1", "--why", " "], 64), (["hold", "30m", "b5", "--why", "x"], 3),
        (["lock", "a1"], 0), (["lock", "a1", "--why", "x"], 0), (["lock"], 64),
        (["lock", "a1", "--why", " "], 64), (["lock", "b5"], 3), (["lock", "a6"], 1),
        (["unlock", "a1", "--why", "x"], 4), (["unlock", "a1"], 64),
        (["unlock", "--why", "x"], 64),
        (["extend", "1h", "a1", "--why", "x"], 4), (["extend", "1h", "--why", "x"], 64),
        (["revoke", "bob", "--why", "x"], 4), (["revoke", "", "--why", "x"], 64),
        (["revoke", "bob"], 64), (["reload"], 4), (["policy", "show"], 4),
    ]

    @Test(arguments: statuses)
    func `the exit status says what came of it`(arguments: [String], status: Int32) {
        let run = run(arguments, peer: .alice)
        #expect(run.status == status, "\(run.errors)")
        // Exactly one of the two has something to say.
        #expect(run.output.isEmpty == (status != 0))
        #expect(run.errors.isEmpty == (status == 0))
    }

    @Test func `what may be seen and not done is not permitted`() {
        let run = run(["end", "a1", "--why", "x"], peer: .auditor)
        #expect(run.status == 4)
        #expect(
            run.errors == "lapsectl: not permitted: steering another user's session takes root\n"
        )
    }

    @Test(arguments: [
        (["reload"], "reloading the policy takes root"),
        (["revoke", "bob", "--why", "x"], "ending a user's sessions takes root"),
        (["unlock", "a1", "--why", "x"], "unlocking a session takes root"),
        (["extend", "1h", "a1", "--why", "x"], "extending a session takes root"),
        (["policy", "show"], "the policy is shown to root and to members of group lapse"),
    ])
    func `what takes which right is said`(arguments: [String], right: String) {
        let run = run(arguments, peer: .alice)
        #expect(run.errors == "lapsectl: not permitted: \(right)\n")
    }

    @Test func `a daemon that is not there cannot be reached`() {
        let run = ProgramRun(Self.program, ["status", "--socket", "/nowhere/control"])
        #expect(run.status == 5)
        #expect(
            run.errors == "lapsectl: /nowhere/control: nobody is listening there; "
                + "is lapsed running? See: systemctl status lapsed\n"
        )
    }

    @Test func `a daemon that hangs up cannot be reached`() {
        let server = FixtureServer(behaviour: .hangUp)
        defer { server.stop() }
        let run = ProgramRun(Self.program, ["status", "--socket", server.path])
        #expect(run.status == 5)
    }

    @Test func `a socket behind a locked door is not permitted`() throws {
        let server = FixtureServer()
        defer { server.stop() }
        let folder = String(server.path.dropLast("/control".count))
        let arguments = ["status", "--socket", server.path]
        chmod(folder, 0)
        defer { chmod(folder, 0o700) }
        let run: ProgramRun
        if geteuid() == 0 {
            // Root enters everywhere. Nobody may not enter the build's folder, hence the copy.
            let open = FixtureServer.makeDirectory()
            defer { rmdir(open) }
            chmod(open, 0o755)
            let copy = open + "/lapsectl"
            #expect(ProgramRun("/bin/cp", [Self.program, copy]).status == 0)
            defer { unlink(copy) }
            run = ProgramRun(
                "/usr/bin/setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", copy] + arguments
            )
        } else {
            run = ProgramRun(Self.program, arguments)
        }
        #expect(run.status == 4, "\(run.errors)")
        #expect(run.errors.contains("permission denied"))
    }

    @Test(arguments: [
        (["list", "--ended"], "sessions"), (["show", "a1"], "session"), (["status"], "status"),
    ])
    func `JSON is one document with the daemon's reply, keys in order`(
        arguments: [String],
        key: String
    ) throws {
        let first = run(arguments + ["--json"])
        #expect(first.status == 0)
        #expect(first.output == run(arguments + ["--json"]).output)
        #expect(first.output.unicodeScalars.allSatisfy { $0 == "\n" || PlainText.isPlain($0) })
        let data = Data(first.output.utf8)
        let decoder = JSONDecoder()
        switch key {
        case "sessions":
            let reply = try decoder.decode([String: [SessionInfo]].self, from: data)
            #expect(reply == [key: FixtureSessions.all])
        case "session":
            let reply = try decoder.decode([String: SessionInfo].self, from: data)
            #expect(reply == [key: FixtureSessions.warned])
        default:
            let reply = try decoder.decode([String: StatusInfo].self, from: data)
            #expect(reply == [key: FixtureSessions.status])
        }
    }

    @Test func `JSON looks like this`() {
        #expect(
            run(["show", "h4", "--json"]).output == #"""
                {
                  "session" : {
                    "ageMs" : 0,
                    "id" : "h4",
                    "leader" : 5,
                    "openedUs" : 1772356502500000,
                    "privileged" : false,
                    "rhost" : "a\u200bb\r\n",
                    "ruser" : "\u007f",
                    "service" : "ss\u009bhd",
                    "stage" : "active",
                    "terminals" : [
                      {
                        "name" : "/dev/\u0001"
                      }
                    ],
                    "unmeasurable" : "\u0000",
                    "user" : "ev\u001b[2Jil\u202e"
                  }
                }

                """#
        )
        #expect(run(["end", "a1", "--why", "x", "--json"]).output == "{\n\n}\n")
    }

    @Test func `an end is confirmed with the id`() {
        #expect(run(["end", "a1", "--why", "x"]).output == "a1: ending\n")
    }

    @Test func `output that cannot be written is a fault`() {
        let server = FixtureServer()
        defer { server.stop() }
        let arguments = ["list", "--socket", server.path]
        let run = ProgramRun(Self.program, arguments, output: "/dev/full")
        #expect(run.status == 1)
        #expect(run.errors == "lapsectl: the answer came, but cannot be written out\n")
    }

    @Test func `the generated completion is a program that bash accepts`() throws {
        let script = ProgramRun(Self.program, ["--generate-completion-script", "bash"])
        #expect(script.status == 0)
        let bash = ProgramRun("/bin/bash", ["-n", "-c", script.output])
        #expect(bash.status == 0, "\(bash.errors)")
    }

    @Test func `the version is that of the package`() {
        let run = ProgramRun(Self.program, ["--version"])
        #expect(run.output == LapseVersion.text + "\n")
    }
}
