import LapseStage
import Testing

/// Where a session comes from, and by what.
@Suite(.needsStage) struct SourceTests {
    @Test func `a session's source address is in the record`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let near = try await stage.logIn(.alice)
            let far = try await stage.logIn(.bob, from: Stage.secondAddress)
            let opened = { (user: StageUser) in stage.log("opened", of: user).first }
            #expect(opened(.alice)?.fields["from"] == "127.0.0.1")
            #expect(opened(.bob)?.fields["from"] == Stage.secondAddress)
            try await near.logOut()
            try await far.logOut()
        }
    }

    @Test func `a certificate's end reaches the daemon, and a plain key has none`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let before = wallClock()
            let options = try await stage.certificate(for: .erin, validity: "-1m:+5m")
            let erin = try await stage.logIn(.erin, options: options)
            let alice = try await stage.logIn(.alice)

            let certified = try #require(stage.log("authenticated", of: .erin).first)
            #expect(certified.fields["methods"] == "publickey")
            let text = try #require(certified.fields["certificate-until"])
            let until = Duration.seconds(try #require(Int64(text)))
            #expect(until >= before + .seconds(300) - .seconds(1))
            #expect(until <= wallClock() + .seconds(300))

            let plain = try #require(stage.log("authenticated", of: .alice).first)
            #expect(plain.fields["methods"] == "publickey")
            #expect(plain.fields["certificate-until"] == nil)
            // A certificate for one account opens no other.
            let wrong = try stage.ssh(.bob, options: options)
            #expect(try await !wrong.process.waitForExit(within: .seconds(10)).succeeded)
            let ever = try await stage.certificate(for: .bob, validity: "always:forever")
            let bob = try await stage.logIn(.bob, options: ever)
            let line = try #require(stage.log("authenticated", of: .bob).first)
            #expect(line.fields["certificate-until"] == nil)
            for session in [erin, alice, bob] { try await session.logOut() }
        }
    }
}
