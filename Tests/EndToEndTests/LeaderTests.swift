import Glibc
import LapseStage
import Testing

@Suite(.needsStage) struct LeaderTests {
    @Test func `a leader killed with -9 closes its session at once and its processes go`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            let leader = try #require(try stage.residents(titled: "sshd: alice [priv]").first)
            #expect(try await stage.session(of: .alice).leader == leader.pid)

            let killed = ContinuousClock.now
            try stage.signal(leader, SIGKILL)
            let closed = try await stage.waitForLog("closed", of: .alice, within: .seconds(5))
            #expect(closed.fields["reason"] == "leader-died")
            let delay = (closed.at - killed).inSeconds
            print("the death of a leader was in the record after \(rounded(delay)) s")
            #expect(delay < 0.2)
            #expect(try await !stage.list().contains { $0.stage == "active" })

            let exit = try await alice.terminal.process.waitForExit(within: .seconds(20))
            print("and its connection was gone after \(rounded((exit.at - killed).inSeconds)) s")
            try await stage.waitForEmptyList(within: .seconds(30))
            #expect(try stage.residents().filter { $0.uid == StageUser.alice.uid }.isEmpty)
        }
    }

    @Test func `a process that got the dead leader's pid is never signalled`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let leader = try await deadLeader(on: stage) { try stage.signalDaemon(SIGSTOP) }
            try await takePid(leader, on: stage)
            try stage.signalDaemon(SIGCONT)
            try await expectUnharmed(leader, on: stage)
        }
    }

    @Test func `a pid that was reused while no daemon ran is never signalled`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let leader = try await deadLeader(on: stage) { try await stage.stopDaemon(by: SIGKILL) }
            try await takePid(leader, on: stage)
            try await stage.startDaemon()
            try await expectUnharmed(leader, on: stage)
        }
    }

    /// Opens a session, blinds the daemon, and kills all of the session.
    ///
    /// - Returns: The pid of the leader that was.
    private func deadLeader(
        on stage: Stage,
        blind: () async throws -> Void
    ) async throws -> Int32 {
        let alice = try await stage.logIn(.alice)
        let session = try await stage.session(of: .alice)
        try await blind()
        // The number stays taken while any process has it as that of its group or session.
        let relatives =
            try stage.residents(titled: "sshd: alice") + stage.residents(titled: "-bash")
        for process in relatives {
            // Those below may be gone with the one above them.
            _ = try? stage.signal(process, SIGKILL)
        }
        _ = try await alice.terminal.process.waitForExit(within: .seconds(10))
        return session.leader
    }

    /// Starts a bystander with a certain pid: the kernel gives out the number after
    /// /proc/sys/kernel/ns_last_pid, unless another fork comes in between.
    private func takePid(_ pid: Int32, on stage: Stage) async throws {
        let script = """
            for attempt in $(seq 100); do
                echo \(pid - 1) > /proc/sys/kernel/ns_last_pid
                setsid sleep 600 > /dev/null 2>&1 &
                [ $! -eq \(pid) ] && break
                kill -9 $!
            done
            # Until it has become what it is looked for as.
            until grep -qx sleep /proc/\(pid)/comm; do :; done
            """
        try await stage.run(["bash", "-c", script]).checked()
        #expect(try isBystander(pid, on: stage))
    }

    private func isBystander(_ pid: Int32, on stage: Stage) throws -> Bool {
        try stage.residents().contains { $0.pid == pid && $0.title.hasSuffix("sleep 600") }
    }

    /// The session is closed, and well beyond its limit the bystander still runs.
    private func expectUnharmed(_ pid: Int32, on stage: Stage) async throws {
        _ = try await stage.waitForLog("closed", of: .alice, within: .seconds(5))
        try await Task.sleep(for: .seconds(25))
        #expect(try isBystander(pid, on: stage))
        #expect(try await stage.list().isEmpty)
    }
}
