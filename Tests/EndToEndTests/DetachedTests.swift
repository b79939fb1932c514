import LapseStage
import Testing

/// What a user put apart from his session, when that is ended.
@Suite(.needsStage) struct DetachedTests {
    @Test func `what is detached is spared, ended, or has its time, as the policy says`()
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await expect("spare", endedWithin: nil) }
            group.addTask { try await expect("end", endedWithin: 0..<15) }
            group.addTask { try await expect("1m", endedWithin: 60..<75) }
            try await group.waitForAll()
        }
    }

    /// Ends a session that has left a process behind it.
    ///
    /// `seconds` is when, after the end was asked for, the process is gone; nil if it stays.
    private func expect(_ detached: String, endedWithin seconds: Range<Double>?) async throws {
        let policy = "[defaults]\nidle = \"never\"\ndetached = \"\(detached)\"\n"
        try await onStage(StageOptions(policy: policy)) { stage in
            let alice = try await stage.logIn(.alice)
            let bob = try await stage.logIn(.bob)
            for session in [alice, bob] {
                try await session.run("setsid nohup sleep 600 >/dev/null 2>&1 </dev/null &")
            }
            let id = try await stage.session(of: .alice).id
            let start = ContinuousClock.now
            try await stage.lapsectl(["end", id, "--why", "noon"]).checked()
            _ = try await alice.terminal.process.waitForExit(within: .seconds(10))
            _ = try await stage.waitForLog("ended", of: .alice, within: .seconds(10))
            let isLeft = { (user: StageUser) throws in
                try stage.residents().contains {
                    $0.uid == user.uid && $0.title.hasSuffix("sleep 600")
                }
            }
            guard let seconds else {
                let spared = try await stage.waitForLog("spared", of: .alice, within: .seconds(20))
                #expect(spared.fields["processes"]?.hasPrefix("sleep[") == true)
                #expect(spared.fields["ends-in"] == nil)
                #expect(try isLeft(.alice))
                return
            }
            while try isLeft(.alice), (ContinuousClock.now - start).inSeconds < seconds.upperBound {
                try await Task.sleep(for: .milliseconds(200))
            }
            let took = (ContinuousClock.now - start).inSeconds
            print("detached = \(detached): gone after \(rounded(took)) s")
            #expect(seconds.contains(took))
            // Another user's is another session's.
            #expect(try isLeft(.bob))
        }
    }

    /// Ways out of a session, each a process that sleeps for so many seconds or forks for ever.
    private static let escapes = [
        "setsid sleep 601 </dev/null >/dev/null 2>&1 &",
        "nohup sleep 602 </dev/null >/dev/null 2>&1 &",
        "(setsid sh -c 'sleep 603 & exit' </dev/null >/dev/null 2>&1)",
        "tmux -L way new-session -d 'sleep 604'",
        "perl -MPOSIX -e 'fork && exit; setsid; fork && exit; $0 = \"sshd: alice\"; $SIG{$_} ="
            + " \"IGNORE\" for qw(HUP TERM INT); close $_ for *STDIN, *STDOUT, *STDERR; sleep 605'",
    ]
    /// None of it lives for a millisecond.
    private static let comet =
        "perl -MPOSIX -e 'fork && exit; setsid; $SIG{$_} = \"IGNORE\" for qw(HUP TERM);"
        + " close $_ for *STDIN, *STDOUT, *STDERR;"
        + " while (1) { fork && POSIX::_exit(0) }'"

    @Test(arguments: [false, true])
    func `whatever way out is tried, all of it is ended and named, and no other session's`(
        respawns: Bool
    ) async throws {
        let policy = "[defaults]\nidle = \"never\"\ndetached = \"end\"\n"
        try await onStage(StageOptions(policy: policy)) { stage in
            let other = try await stage.logIn(.alice)
            try await other.run("setsid sleep 700 </dev/null >/dev/null 2>&1 &")
            try await other.run("sleep 701 &")
            let otherID = try await stage.session(of: .alice).id
            let alice = try await stage.logIn(.alice)
            for escape in Self.escapes { try await alice.run(escape) }
            if respawns { try await alice.run(Self.comet) }
            let id = try #require(
                try await stage.list().map(\.id).first { $0 != otherID }
            )
            try await stage.lapsectl(["end", id, "--why", "noon"]).checked()
            _ = try await alice.terminal.process.waitForExit(within: .seconds(20))
            let swept = try await stage.waitForLog("swept", of: .alice, within: .seconds(40))
            #expect(swept.fields["session"] == id)
            let names = swept.fields["processes"] ?? ""
            for name in ["sleep[", "tmux: server[", "sshd: alice["] {
                #expect(names.contains(name), "\(names)")
            }
            let titles = try stage.residents().filter { $0.uid == StageUser.alice.uid }.map(\.title)
            #expect(
                !titles.contains { $0.contains("sleep 60") || $0.contains("perl") },
                "\(titles)"
            )
            #expect(!titles.contains { $0.contains("tmux") }, "\(titles)")
            for kept in ["sleep 700", "sleep 701"] {
                #expect(titles.contains { $0.hasSuffix(kept) }, "\(titles)")
            }
            #expect(try await stage.list().map(\.id) == [otherID])
            #expect(try await other.run("echo still here").contains("still here"))
            #expect(stage.log("left").isEmpty && stage.log("fault").isEmpty)
            print("ended: \(names)")
            try await other.logOut()
        }
    }

    @Test func `what is spared is named, one by one, whatever name it gives itself`() async throws {
        let policy = "[defaults]\nidle = \"never\"\n"
        try await onStage(StageOptions(policy: policy)) { stage in
            let alice = try await stage.logIn(.alice)
            for escape in Self.escapes { try await alice.run(escape) }
            let name = "a[1] b[2]\\e[2J"
            try await alice.run(
                "perl -MPOSIX -e 'fork && exit; setsid; fork && exit; $0 = \"\(name)\";"
                    + " close $_ for *STDIN, *STDOUT, *STDERR; sleep 607'"
            )
            let many = "for i in $(seq 40); do setsid sleep 606 </dev/null >/dev/null 2>&1 & done"
            try await alice.run(many)
            let id = try await stage.session(of: .alice).id
            try await stage.lapsectl(["end", id, "--why", "noon"]).checked()
            _ = try await alice.terminal.process.waitForExit(within: .seconds(20))
            let spared = try await stage.waitForLog("spared", of: .alice, within: .seconds(30))
            let names = spared.fields["processes"] ?? ""
            print("spared: \(names)")
            let count = Int(spared.fields["count"] ?? "") ?? 0
            #expect(count >= 40 + Self.escapes.count + 1)
            #expect(names.hasSuffix(" and \(count - 32) more"))
            #expect(names.contains("tmux: server[") && names.contains("sshd: alice["))
            #expect(!names.contains("a[1]") && names.contains("a\\u{5b}1\\u{5d} b"), "\(names)")
            let left = try stage.residents().filter { $0.uid == StageUser.alice.uid }
            #expect(left.count(where: { $0.title.hasSuffix("sleep 606") }) == 40)
            #expect(try await stage.list().isEmpty)
        }
    }
}
