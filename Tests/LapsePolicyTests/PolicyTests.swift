import Testing

@testable import LapsePolicy

struct PolicyTests {
    @Test func `without a file the built-in policy holds`() throws {
        let policy = try load()
        #expect(policy.mode == .enforce)
        #expect(policy.defaults.idle == .after(.seconds(900)))
        #expect(policy.defaults.lifetime == .after(.seconds(43_200)))
        #expect(policy.defaults.warn == [.seconds(120), .seconds(30)])
        #expect(policy.defaults.onIdle == .lock)
        #expect(policy.defaults.onLifetime == .end)
        #expect(policy.defaults.lockFor == .after(.seconds(3_600)))
        #expect(policy.defaults.freeze == .terminal)
        #expect(policy.defaults.unlock == .password)
        #expect(
            policy.defaults.end == [
                EndStep(signal: .hangUp, target: .processes, allowed: .milliseconds(300)),
                EndStep(signal: .terminate, target: .leader, allowed: .seconds(2)),
                EndStep(signal: .terminate, target: .processes, allowed: .seconds(5)),
                EndStep(signal: .kill, target: .processes, allowed: .seconds(2)),
                EndStep(signal: .kill, target: .leader, allowed: .seconds(1)),
            ]
        )
        for setting in Setting.allCases {
            #expect(policy.describe(policy.origin(of: setting)) == "built in")
        }
        #expect(policy.describe(policy.modeOrigin) == "built in")
    }

    @Test func `a file sets what it gives and leaves the rest built in`() throws {
        let policy = try load(
            """
            mode = "observe"

            [defaults]
            idle = "never"
            warn = ["10s", "1m", "2m"]
            on-idle = "report"
            """
        )
        #expect(policy.mode == .observe)
        #expect(policy.defaults.idle == .never)
        #expect(policy.defaults.lifetime == Allowance.builtIn.lifetime)
        #expect(policy.defaults.warn == [.seconds(120), .seconds(60), .seconds(10)])
        #expect(policy.defaults.onIdle == .report)
        #expect(policy.defaults.end == EndStep.builtIn)
        #expect(policy.describe(policy.modeOrigin) == "0.toml:1")
        #expect(policy.describe(policy.origin(of: .idle)) == "0.toml:4")
        #expect(policy.describe(policy.origin(of: .onIdle)) == "0.toml:6")
        #expect(policy.describe(policy.origin(of: .end)) == "built in")
    }

    @Test func `steps of an end are taken as written`() throws {
        let policy = try load(
            """
            [defaults]
            end = [
              { signal = "INT", to = "processes", wait = "1s" },
              { signal = "QUIT", to = "leader", wait = "0s" },
              { signal = "TERM", to = "leader", wait = "60s" },
              { signal = "KILL", to = "processes", wait = "250ms" },
              { signal = "KILL", to = "leader", wait = "1m" },
            ]
            """
        )
        #expect(
            policy.defaults.end == [
                EndStep(signal: .interrupt, target: .processes, allowed: .seconds(1)),
                EndStep(signal: .quit, target: .leader, allowed: .zero),
                EndStep(signal: .terminate, target: .leader, allowed: .seconds(60)),
                EndStep(signal: .kill, target: .processes, allowed: .milliseconds(250)),
                EndStep(signal: .kill, target: .leader, allowed: .seconds(60)),
            ]
        )
    }

    @Test func `a later file holds over an earlier one, setting by setting`() throws {
        let policy = try load(
            """
            mode = "observe"
            [defaults]
            idle = "5m"
            lifetime = "8h"
            """,
            """
            defaults.idle = "10m"
            """,
            """
            mode = "enforce"
            defaults = { lifetime = "never", warn = [] }
            """
        )
        #expect(policy.mode == .enforce)
        #expect(policy.defaults.idle == .after(.seconds(600)))
        #expect(policy.defaults.lifetime == .never)
        #expect(policy.defaults.warn == [])
        #expect(policy.describe(policy.modeOrigin) == "2.toml:1")
        #expect(policy.describe(policy.origin(of: .idle)) == "1.toml:1")
        #expect(policy.describe(policy.origin(of: .lifetime)) == "2.toml:2")
    }

    @Test func `one faulty file of several refuses them all`() {
        let sources = ["mode = \"observe\"", "mode = 1"].map {
            PolicySource(name: "f", bytes: Array($0.utf8))
        }
        #expect(Policy.load([sources[0]]).policy != nil)
        #expect(Policy.load(sources).policy == nil)
    }

    @Test func `the name of a file is made visible in an origin`() throws {
        let source = PolicySource(name: "a\u{1B}b", bytes: Array("mode = \"observe\"".utf8))
        let policy = try #require(Policy.load([source]).policy)
        #expect(policy.describe(policy.modeOrigin) == "a\\u{1B}b:1")
    }
}

private func load(_ texts: String...) throws -> Policy {
    let sources = texts.enumerated().map {
        PolicySource(name: "\($0.offset).toml", bytes: Array($0.element.utf8))
    }
    let (policy, diagnostics) = Policy.load(sources)
    #expect(diagnostics == [])
    return try #require(policy)
}
