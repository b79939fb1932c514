import Glibc
import Testing

@testable import LapseStage

/// A stage leaves nothing on the host: no process, no mount, no screen of a virtual terminal.
@Suite(.needsBareStage, .needsVirtualTerminal) struct LeftoverTests {
    @Test func `nothing of a stage is left after its stop`() async throws {
        let mounts = try readFile("/proc/self/mounts")
        var options = StageOptions(.absent)
        options.consoleCount = 1
        let stage = try await Stage.start(options)
        let number = try #require(stage.consoleNumbers.first)
        let alice = try await stage.logIn(.alice)
        _ = try await stage.logIn(.bob, onConsole: number)
        try await alice.run("(setsid nohup sleep 1000 >/dev/null 2>&1 &)")
        let hostPids = try stage.residents().map(\.hostPid)
        #expect(hostPids.count > 6)
        #expect(access("/dev/vcs\(number)", F_OK) == 0)
        try await stage.stop()
        for pid in hostPids { #expect(kill(pid, 0) == -1) }
        #expect(access("/dev/vcs\(number)", F_OK) == -1)
        #expect(try readFile("/proc/self/mounts") == mounts)
    }

    @Test func `nothing of a stage is left after its owner was killed`() async throws {
        let mounts = try readFile("/proc/self/mounts")
        let loop = try StageLoop()
        let input = try makePipe()
        let output = try makePipe()
        let transcript = Transcript()
        try transcript.follow(output.read, on: loop)
        let owner = try StageProcess(
            [try demoPath(), "--stay"],
            environment: ["PATH=/usr/bin:/bin"],
            streams: .descriptors(input.read.number, output.write.number, output.write.number),
            loop: loop
        )
        let ready = try await transcript.wait(
            for: "nsenter --target",
            after: .start,
            within: .seconds(30)
        )
        let initPid = try #require(ready.line.split(separator: " ").compactMap { Int32($0) }.first)
        let number = try #require(
            ready.line.split(separator: "tty").last.flatMap { Int32($0) }
        )
        #expect(access("/dev/vcs\(number)", F_OK) == 0)

        let initHold = try Pidfd(initPid, "the stage's init")
        try owner.signal(SIGKILL)
        _ = try await owner.waitForExit(within: .seconds(5))
        // Pid 1 of a pid namespace ends only after every other process in it.
        var ended = pollfd(fd: initHold.descriptor.number, events: Int16(POLLIN), revents: 0)
        #expect(poll(&ended, 1, 5_000) == 1)
        #expect(access("/dev/vcs\(number)", F_OK) == -1)
        #expect(try readFile("/proc/self/mounts") == mounts)
        loop.stop()
    }
}

/// The demo's program, which SwiftPM puts beside the tests.
private func demoPath() throws -> String {
    let tests = try #require(linkTarget("/proc/self/exe"))
    return tests.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/lapse-demo"
}
