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
}
