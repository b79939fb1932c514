import LapseStage
import Testing

@Suite(.needsStage) struct AccessTests {
    @Test(arguments: [StageUser.alice, .carol])
    func `an ordinary user cannot connect to the report socket`(user: StageUser) async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let connect = """
                use Socket;
                socket(my $socket, PF_UNIX, SOCK_SEQPACKET, 0) or die "socket: $!";
                connect($socket, sockaddr_un("/run/lapse/report")) or die "connect: $!";
                """
            let refused = try await stage.run(["perl", "-e", connect], as: user)
            #expect(!refused.exit.succeeded)
            #expect(refused.error.contains("connect: Permission denied"))
            try await stage.run(["perl", "-e", connect]).checked()
        }
    }

    @Test func `a user neither sees nor ends another's session, and ends his own`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            let bob = try await stage.logIn(.bob)
            let bobs = try await stage.session(of: .bob).id
            let own = try await stage.list(as: .alice)
            #expect(own.map(\.user) == ["alice"])
            let end = ["end", bobs, "--why", "no reason"]
            // Another's session looks like one that does not exist: status 3 in both cases.
            for words in [["show", bobs], end, ["show", "zzzzzzzz"]] {
                #expect(try await stage.lapsectl(words, as: .alice).exit.status == 3)
            }
            // A member of group lapse reads everything and steers nothing of others.
            #expect(try await stage.list(as: .carol).count == 2)
            #expect(try await !stage.lapsectl(end, as: .carol).exit.succeeded)

            let ownId = try #require(own.first?.id)
            try await stage.lapsectl(["end", ownId, "--why", "lunch"], as: .alice).checked()
            _ = try await alice.terminal.process.waitForExit(within: .seconds(10))
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(5))
            #expect(ended.fields["reason"] == "admin")
            #expect(ended.fields["by"] == "\(StageUser.alice.uid)")
            #expect(ended.fields["why"] == "lunch")
            _ = try await bob.pressEnter()
            #expect(stage.log("ended", of: .bob).isEmpty)
        }
    }

    @Test func `root ends a session, and its terminal shows why`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let bob = try await stage.logIn(.bob)
            let id = try await stage.session(of: .bob).id
            try await stage.lapsectl(["end", id, "--why", "the disk is replaced"]).checked()
            _ = try await bob.terminal.wait(
                for: ["Lapse:", "ended", "the disk is replaced"],
                after: .start,
                within: .seconds(5)
            )
            _ = try await bob.terminal.process.waitForExit(within: .seconds(10))
        }
    }
}
