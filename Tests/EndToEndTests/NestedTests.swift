import Glibc
import LapseStage
import Testing

/// Real su and sudo in real sessions.
@Suite(.needsStage) struct NestedTests {
    /// The patience with a line of the log, on a machine that is busy with other stages.
    private static let soon = Duration.seconds(10)

    @Test(arguments: [("sudo -i", "sudo-i"), ("su -", "su-l"), ("sudo bash -l", "sudo")])
    func `a root shell makes its ssh session privileged, and its exit takes that back`(
        command: String,
        service: String
    ) async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let dave = try await stage.logIn(.dave)
            let id = try await stage.session(of: .dave).id
            let shown = try await dave.run("\(command)")
            #expect(!shown.contains("assword"))
            let raised = try await stage.waitForLog("privileged", of: .dave, within: Self.soon)
            #expect(raised.fields["session"] == id)
            #expect(raised.fields["by"] == service)
            let inside = try await dave.run("echo \"uid=$(id -u) session=$LAPSE_SESSION.\"")
            #expect(inside.contains("uid=0 session=\(id)."))
            // No session of its own, and the one around it is measured as before.
            #expect(try await stage.list().count == 1)

            try await dave.run("exit")
            let lifted = try await stage.waitForLog("unprivileged", of: .dave, within: Self.soon)
            #expect(lifted.fields["session"] == id)
            #expect(lifted.fields["opener"] == raised.fields["opener"])
            #expect(try await dave.logOut().status == 0)
            #expect(stage.log("fault").isEmpty)
        }
    }

    @Test func `su from su is privileged until the outer one is left`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let dave = try await stage.logIn(.dave)
            for command in ["sudo -i", "su - bob", "su - dave", "sudo -i"] {
                try await dave.run(command)
            }
            #expect(try await dave.run("id -un; true").contains("\r\nroot\r\n"))
            #expect(stage.log("privileged", of: .dave).count == 1)
            for _ in 1...3 { try await dave.run("exit") }
            #expect(stage.log("unprivileged", of: .dave).isEmpty)
            try await dave.run("exit")
            _ = try await stage.waitForLog("unprivileged", of: .dave, within: Self.soon)
            #expect(try await stage.list().map(\.user) == ["dave"])
            try await dave.logOut()
        }
    }

    @Test func `sudo without a terminal, and one that left its session's tree, count too`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let plain = ["ssh", "-T", "dave@stage", "sudo -n id -u"]
            #expect(try await stage.run(plain).checked().output == "0\n")
            let first = try await stage.waitForLog("unprivileged", of: .dave, within: Self.soon)
            #expect(first.fields["by"] == "sudo")

            let dave = try await stage.logIn(.dave)
            let id = try await stage.session(of: .dave).id
            let mark = stage.daemonLog.mark()
            // Its parent is pid 1 by the time it calls sudo: only the audit session tells.
            let orphan = "until [ $(ps -o ppid= $$) = 1 ]; do :; done; exec sudo -n true"
            try await dave.run("(setsid sh -c '\(orphan)' >/dev/null 2>&1 &)")
            let raised = try await stage.waitForLog(
                "privileged",
                of: .dave,
                after: mark,
                within: Self.soon
            )
            #expect(raised.fields["session"] == id)
            try await dave.logOut()
        }
    }

    @Test func `sudo outside every session passes and leaves no trace`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let dave = try await stage.logIn(.dave)
            // As cron would: the same user, no kin of his session's.
            let words = ["sh", "-c", "sudo -n sh -c 'id -u; echo $LAPSE_SESSION.'"]
            #expect(try await stage.run(words, as: .dave).checked().output == "0\n.\n")
            #expect(stage.log("privileged").isEmpty)
            #expect(stage.log("fault").isEmpty)
            #expect(stage.syslog.sightings(of: ["pam_lapse"]).isEmpty)
            try await dave.logOut()
        }
    }

    @Test func `a sudo that is killed with -9 ends its nesting`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let dave = try await stage.logIn(.dave)
            try await dave.run("sudo -i")
            let raised = try await stage.waitForLog("privileged", of: .dave, within: Self.soon)
            let opener = try #require(
                try stage.residents(titled: "sudo -i").first {
                    "\($0.pid)" == raised.fields["opener"]
                }
            )
            let killed = ContinuousClock.now
            try stage.signal(opener, SIGKILL)
            let lifted = try await stage.waitForLog("unprivileged", of: .dave, within: Self.soon)
            let delay = (lifted.at - killed).inSeconds
            print("the death of a sudo lifted the privilege after \(rounded(delay)) s")
            #expect(delay < 0.2)
        }
    }

    @Test func `a restarted daemon knows of an open sudo, and when it closes`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let dave = try await stage.logIn(.dave)
            try await dave.run("sudo -i")
            _ = try await stage.waitForLog("privileged", of: .dave, within: Self.soon)
            try await stage.stopDaemon(by: SIGKILL)
            let mark = stage.daemonLog.mark()
            try await stage.startDaemon()
            _ = try await stage.waitForLog(
                "privileged",
                of: .dave,
                after: mark,
                within: Self.soon
            )
            try await dave.run("exit")
            _ = try await stage.waitForLog("unprivileged", of: .dave, within: Self.soon)
            #expect(stage.log("fault").isEmpty)
            #expect(stage.syslog.sightings(of: ["pam_lapse", "not reported"]).isEmpty)
            try await dave.logOut()
        }
    }

    @Test func `without a daemon sudo works, and the module says so, required or not`()
        async throws
    {
        var options = StageOptions(policy: idlePolicy)
        options.moduleControl = "required"
        options.moduleArguments = ["required"]
        try await onStage(options) { stage in
            let dave = try await stage.logIn(.dave)
            try await stage.stopDaemon()
            #expect(try await dave.run("sudo -n id -u").contains("\r\n0\r\n"))
            _ = try await stage.syslog.wait(
                for: [
                    "pam_lapse(sudo:session)", "a nested session of user 'root'", "not reported",
                ],
                after: .start,
                within: Self.soon
            )
            try await stage.startDaemon()
            #expect(try await dave.logOut().status == 0)
        }
    }
}
