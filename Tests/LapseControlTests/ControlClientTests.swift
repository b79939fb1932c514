import ControlFixture
import Glibc
import LapseControl
import Testing

@Suite struct ControlClientTests {
    /// Runs the body with a server, and stops the server.
    private func withServer(
        _ backend: FixtureBackend = FixtureBackend(),
        peer: ControlPeer? = .root,
        behaviour: FixtureServer.Behaviour = .answer,
        _ body: (String) throws -> Void
    ) rethrows {
        let server = FixtureServer(backend, peer: peer, behaviour: behaviour)
        defer { server.stop() }
        try body(server.path)
    }

    /// The error that a call of status ends in.
    private func failure(at path: String, within timeout: Duration = .seconds(5))
        -> ControlClientError?
    {
        do throws(ControlClientError) {
            var client = try ControlClient(path: path, timeout: timeout)
            _ = try client.status()
            return nil
        } catch {
            return error
        }
    }

    @Test func `every method works over a real socket, one after the other`() throws {
        let backend = FixtureBackend()
        try withServer(backend) { path in
            var client = try ControlClient(path: path)
            #expect(try client.list(includingEnded: true) == FixtureSessions.all)
            #expect(try client.list(includingEnded: false).count == 5)
            #expect(try client.show(id: "a6") == FixtureSessions.ended)
            #expect(try client.status() == FixtureSessions.status)
            try client.end(id: "a1", why: " lunch ")
            #expect(backend.log.ends == [.init(id: "a1", peer: .root, why: "lunch")])
        }
    }

    @Test func `every way of steering works over a real socket, one after the other`() throws {
        let backend = FixtureBackend(FixtureSessions.all + [FixtureSessions.locked])
        try withServer(backend) { path in
            var client = try ControlClient(path: path)
            #expect(try client.why(id: "a1") == FixtureSessions.explanation)
            #expect(try client.policy() == FixtureSessions.policy)
            #expect(try client.reload() == FixtureSessions.reload)
            try client.touch(id: "a1")
            let hold = try client.hold(id: "a1", forMs: 60_000, why: " lunch ")
            #expect(hold == .init(untilUs: FixtureSessions.opened + 60_000_000, inMs: 60_000))
            try client.release(id: "a1")
            let next = try client.extend(id: "a1", byMs: 3_600_000, why: "release night")
            #expect(next == FixtureSessions.warned.next)
            #expect(try client.extend(id: "a2", byMs: 1, why: "x") == nil)
            try client.lock(id: "a1", why: nil)
            try client.lock(id: "a2", why: "fire drill")
            try client.unlock(id: "l8", why: "the token is lost")
            #expect(throws: ControlClientError.refused(.sessionLocked(id: "l8"))) {
                try client.touch(id: "l8")
            }
            #expect(try client.revoke(user: "alice", why: "left the company") == 4)
            #expect(
                backend.log.orders == [
                    .reload(.root), .touch("a1", .root), .hold("a1", 60_000, .root, "lunch"),
                    .release("a1", .root), .extend("a1", 3_600_000, .root, "release night"),
                    .extend("a2", 1, .root, "x"), .lock("a1", .root, nil),
                    .lock("a2", .root, "fire drill"), .unlock("l8", .root, "the token is lost"),
                    .revoke("alice", .root, "left the company"),
                ]
            )
        }
    }

    @Test func `an error reply leaves the connection usable`() throws {
        try withServer(peer: .alice) { path in
            var client = try ControlClient(path: path)
            #expect(throws: ControlClientError.refused(.noSuchSession(id: "b5"))) {
                try client.show(id: "b5")
            }
            #expect(throws: ControlClientError.refused(.invalidParameter(parameter: "why"))) {
                try client.end(id: "a1", why: "")
            }
            #expect(try client.show(id: "a1") == FixtureSessions.warned)
        }
    }

    @Test func `the kernel says who the client is`() throws {
        let me = geteuid()
        var mine = FixtureSessions.console
        mine.uid = me
        try withServer(FixtureBackend([mine, FixtureSessions.bobs]), peer: nil) { path in
            var client = try ControlClient(path: path)
            let ids = try client.list(includingEnded: true).map(\.id)
            #expect(ids == (me == 0 ? ["a2", "b5"] : ["a2"]))
        }
    }

    @Test func `a list of ten thousand sessions comes through`() throws {
        let many = (0..<10_000).map { number in
            var session = FixtureSessions.warned
            session.id = "s\(number)"
            return session
        }
        try withServer(FixtureBackend(many)) { path in
            var client = try ControlClient(path: path, timeout: .seconds(60))
            #expect(try client.list(includingEnded: false) == many)
        }
    }

    @Test func `a missing socket and one without a listener say that the daemon does not run`()
        throws
    {
        let directory = FixtureServer.makeDirectory()
        defer { rmdir(directory) }
        for path in ["\(directory)/none", "/etc/passwd/none", "/etc/passwd"] {
            let error = failure(at: path)
            #expect(error == .notRunning(path: path))
            #expect(error?.description.contains("systemctl status lapsed") == true)
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test func `a path that is too long is refused before anything is tried`() {
        let longest = "/tmp/" + String(repeating: "a", count: ControlClient.pathBytesMax - 5)
        #expect(failure(at: longest) == .notRunning(path: longest))
        #expect(failure(at: longest + "a") == .pathTooLong(path: longest + "a"))
    }

    @Test func `a daemon that says nothing is given up after the time`() {
        withServer(behaviour: .silence) { path in
            let wait = Duration.milliseconds(50)
            let began = ContinuousClock.now
            #expect(failure(at: path, within: wait) == .timedOut(path: path, after: wait))
            #expect(ContinuousClock.now - began >= wait)
        }
    }

    @Test func `a daemon that does not even accept is given up after the time`() throws {
        try withServer(behaviour: .deaf) { path in
            // The first connection fills the backlog, the second cannot be made.
            let first = try ControlClient(path: path)
            let wait = Duration.milliseconds(50)
            #expect(failure(at: path, within: wait) == .timedOut(path: path, after: wait))
            _ = consume first
        }
    }

    @Test func `a daemon that hangs up is told as such`() {
        withServer(behaviour: .hangUp) { path in
            #expect(failure(at: path) == .connectionLost(path: path))
        }
    }

    @Test(arguments: [
        ("\0", "no Varlink reply"), ("{\0", "no Varlink reply"), ("[]\0", "no Varlink reply"),
        ("{\"error\":1}\0", "no Varlink reply"),
        ("{}\0", "parameters"), ("{\"parameters\":{}}\0", "parameters.status"),
        ("{\"parameters\":{\"status\":{\"version\":5}}}\0", "parameters.status.version"),
        (
            "{\"parameters\":{\"status\":{\"version\":\"9\",\"bootId\":\"\",\"startedUs\":0,"
                + "\"upMs\":0,\"mode\":\"new\"}}}\0",
            "parameters.status.mode"
        ),
    ])
    func `an answer that is none names what does not fit`(answer: String, what: String) {
        withServer(behaviour: .say(Array(answer.utf8))) { path in
            #expect(failure(at: path) == .notUnderstood(path: path, what: what))
        }
    }

    @Test(arguments: [
        ("{\"error\":\"a.B\",\"parameters\":7}\0", ControlError.other(name: "a.B")),
        ("{\"error\":\"a.B\"}\0", .other(name: "a.B")),
        ("{\"error\":\"org.varlink.service.PermissionDenied\"}\0", .permissionDenied),
        ("{\"error\":\"io.lapse.Control.NoSuchSession\"}\0", .noSuchSession(id: "")),
    ])
    func `an error is known by its name, whatever its parameters`(
        answer: String,
        error: ControlError
    ) {
        withServer(behaviour: .say(Array(answer.utf8))) { path in
            #expect(failure(at: path) == .refused(error))
        }
    }

    @Test func `an answer of the longest length is read, a longer one is given up`() {
        let frame = "{\"error\":\"a.B\",\"x\":\"\"}"
        let longest =
            Array(frame.dropLast(2).utf8)
            + [UInt8](repeating: 0x79, count: ControlLimits.replyBytesMax - frame.utf8.count)
            + Array("\"}".utf8)
        withServer(behaviour: .say(longest + [0])) { path in
            #expect(failure(at: path, within: .seconds(60)) == .refused(.other(name: "a.B")))
        }
        withServer(behaviour: .say([0x20] + longest + [0x20])) { path in
            let what = "more than \(ControlLimits.replyBytesMax) bytes"
            let expected = ControlClientError.notUnderstood(path: path, what: what)
            #expect(failure(at: path, within: .seconds(60)) == expected)
        }
    }

    @Test func `what the daemon and the caller say is shown escaped`() {
        let errors: [ControlClientError] = [
            .pathTooLong(path: "\u{1B}p"), .notRunning(path: "\u{1B}p"),
            .notPermitted(path: "\u{1B}p"), .timedOut(path: "\u{1B}p", after: .seconds(1)),
            .connectionLost(path: "\u{1B}p"), .notUnderstood(path: "\u{1B}p", what: "\u{202E}"),
            .system(call: "poll", path: "\u{1B}p", errno: ENOMEM),
            .refused(.noSuchSession(id: "\u{1B}p")), .refused(.alreadyEnding(id: "\u{1B}p")),
            .refused(.cannotReply(reason: "\u{1B}p")), .refused(.other(name: "\u{1B}p")),
            .refused(.invalidParameter(parameter: "\u{1B}p")),
            .refused(.methodNotFound(method: "\u{1B}p")),
            .refused(.methodNotImplemented(method: "\u{1B}p")),
            .refused(.interfaceNotFound(interface: "\u{1B}p")),
        ]
        for error in errors {
            #expect(error.description.unicodeScalars.allSatisfy(PlainText.isPlain))
            #expect(error.description.contains("\\u{1b}p"))
        }
        let refused = ControlClientError.refused(.policyRefused(text: "\u{1B}p")).description
        #expect(refused.unicodeScalars.allSatisfy(PlainText.isPlain))
        #expect(
            ControlClientError.refused(.holdTooLong(maxMs: 7_200_000)).description
                == "the policy allows a hold of at most 2h here; see hold-max in: lapsectl why"
        )
        #expect(
            ControlClientError.refused(.holdTooLong(maxMs: 0)).description
                == "the policy allows no hold here; see hold-max in: lapsectl why"
        )
        #expect(
            ControlClientError.system(call: "poll", path: "/x", errno: ENOMEM).description
                == "/x: poll: Cannot allocate memory"
        )
    }

    @Test func `no connection leaves a descriptor behind`() throws {
        try withServer { path in
            for _ in 0..<2_000 {
                var client = try ControlClient(path: path)
                _ = try client.status()
                _ = failure(at: path + "/none")
            }
            // Other tests run meanwhile and hold a few of their own.
            let open = (Int32(0)..<10_000).count { fcntl($0, F_GETFD) >= 0 }
            #expect(open < 1_000)
        }
    }
}
