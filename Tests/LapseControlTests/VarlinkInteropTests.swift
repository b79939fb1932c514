import ControlFixture
import FoundationEssentials
import Glibc
import Testing

/// Python's varlink package, somebody else's client, against our server.
///
/// `make` sets LAPSE_PYTHON to an interpreter that has it. A CI run without it fails.
@Suite struct VarlinkInteropTests {
    private static let python = environment("LAPSE_PYTHON")
    private static let isDemanded = python != nil || environment("CI") != nil

    private static func environment(_ name: String) -> String? {
        // SAFETY: nothing in this process changes its environment.
        getenv(name).map { String(cString: $0) }
    }

    private static func run(_ path: String) throws -> [String: Json] {
        let python = try #require(Self.python, "LAPSE_PYTHON names no interpreter")
        let folder = #filePath.prefix { $0 != "\0" }.split(separator: "/").dropLast()
        let script = "/" + folder.joined(separator: "/") + "/varlink_client.py"
        let run = ProgramRun(python, [script, path])
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode([String: Json].self, from: Data(run.output.utf8))
    }

    @Test(.enabled(if: isDemanded, "set LAPSE_PYTHON to a Python that has the package varlink"))
    func `Python's varlink client finds, lists, shows and ends`() throws {
        let backend = FixtureBackend(FixtureSessions.all + [FixtureSessions.locked])
        let server = FixtureServer(backend, peer: .alice)
        defer { server.stop() }
        let answers = try Self.run(server.path)

        let names = [Json.text("org.varlink.service"), .text("io.lapse.Control")]
        #expect(answers["interfaces"] == .list(names))
        #expect(answers["product"] == .text("lapsed"))
        let methods = [
            "End", "Extend", "Hold", "List", "Lock", "Policy", "Release", "Reload", "Revoke",
            "Show", "Status", "Touch", "Unlock", "Why",
        ].map(Json.text)
        #expect(answers["methods"] == .list(methods))
        #expect(answers["open"] == .list(["a1", "a2", "a3", "l8"].map(Json.text)))
        #expect(answers["all"] == .list(["a1", "a2", "a3", "a6", "l8"].map(Json.text)))
        #expect(answers["more"] == .list([.list(["a1", "a2", "a3", "l8"].map(Json.text))]))
        #expect(answers["shown"]?["user"] == .text("alice"))
        #expect(answers["shown"]?["next"]?["what"] == .text("end"))
        #expect(answers["shown"]?["next"]?["inMs"] == .number(12_000))
        #expect(answers["mode"] == .text("enforce"))
        #expect(answers["endedReason"] == .text("admin"))
        #expect(answers["noSuchSession"] == .text("io.lapse.Control.NoSuchSession b5"))
        #expect(answers["badWhy"] == .text("org.varlink.service.InvalidParameter why"))
        #expect(answers["noInterface"] == .text("org.varlink.service.InterfaceNotFound"))
        #expect(answers["why"]?["modeOrigin"] == .object([:]))
        #expect(answers["why"]?["unknown"] == .list([.text("groups")]))
        #expect(answers["hold"]?["inMs"] == .number(60_000))
        #expect(answers["holdTooLong"] == .text("io.lapse.Control.HoldTooLong"))
        #expect(answers["maxMs"] == .number(7_200_000))
        #expect(answers["reasonMissing"] == .text("io.lapse.Control.ReasonMissing"))
        #expect(answers["locked"]?["lockReason"] == .text("idle"))
        #expect(answers["locked"]?["failedTries"] == .number(2))
        #expect(answers["touchLocked"] == .text("io.lapse.Control.SessionLocked"))
        for name in [
            "unlockDenied", "extendDenied", "revokeDenied", "reloadDenied", "policyDenied",
        ] {
            #expect(answers[name] == .text("org.varlink.service.PermissionDenied"), "\(name)")
        }
        let orders: [CallLog.Order] = [
            .touch("a1", .alice), .hold("a1", 60_000, .alice, "from Python"),
            .release("a1", .alice), .lock("a1", .alice, nil),
            .lock("a2", .alice, "from Python"),
        ]
        #expect(backend.log.orders == orders)
        #expect(answers["after"] == .text("enforce"))
        #expect(backend.log.ends.map(\.id) == ["a1", "a2"])
        #expect(backend.log.ends.map(\.why) == ["from Python", "oneway"])
    }
}
