import ControlFixture
import FoundationEssentials
import Testing

@testable import LapseControl

@Suite struct InterfaceDescriptionTests {
    /// Names of our types in the description.
    private static let names = [
        "SessionInfo": "Session", "TerminalInfo": "Terminal", "SessionStage": "Stage",
        "SessionLimit": "Limit", "SessionLock": "LockReason", "NextStep": "Next", "What": "Step",
        "SessionEnd": "Ended",
        "Reason": "Reason", "StatusInfo": "DaemonStatus", "Mode": "Mode",
        "PolicyInfo": "PolicyState", "StatusCounts": "Counts", "Explanation": "Explanation",
        "OriginInfo": "Origin", "SettingInfo": "Setting", "ExceptionInfo": "Exception",
        "ActivityInfo": "Activity", "Doing": "Doing", "Worth": "Worth",
        "EvidenceInfo": "Evidence", "HoldInfo": "Holding", "String": "string", "Bool": "bool",
        "Int": "int",
        "Int32": "int", "Int64": "int", "UInt32": "int",
    ]

    /// The type of a field as the description has to write it.
    private static func type(named name: String) throws -> String {
        for (prefix, sign) in [("Optional<", "?"), ("Array<", "[]")] where name.hasPrefix(prefix) {
            return sign + (try type(named: String(name.dropFirst(prefix.count).dropLast())))
        }
        return try #require(names[name], "a type that the description does not know")
    }

    /// The stored fields of a value as the description has to write them.
    private static func fields(of value: Any) throws -> VarlinkGrammar.Fields {
        try Mirror(reflecting: value).children.map { child in
            let name = String(describing: Swift.type(of: child.value))
            return [try #require(child.label), try type(named: name)]
        }
    }

    @Test(arguments: InterfaceDescription.all.map(\.name))
    func `a description follows the grammar of Varlink`(name: String) throws {
        let description = try #require(InterfaceDescription.all.first { $0.name == name })
        let read = try VarlinkGrammar(description.text)
        #expect(read.interface == name)
        #expect(description.text.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
        let methods = ControlMethod.allCases.map(\.rawValue).filter { $0.hasPrefix(name + ".") }
        #expect(Set(read.methods.keys.map { "\(name).\($0)" }) == Set(methods))
        #expect(read.used.isSuperset(of: read.enumerations.keys))
        #expect(read.used.isSuperset(of: read.structures.keys))
    }

    @Test func `every field of every structure is described with its type, in order`() throws {
        let read = try VarlinkGrammar(InterfaceDescription.control.text)
        let status = FixtureSessions.status
        let why = FixtureSessions.explanation
        let samples: [String: Any] = [
            "Session": FixtureSessions.warned,
            "Terminal": FixtureSessions.warned.terminals[0],
            "Next": try #require(FixtureSessions.warned.next),
            "Ended": try #require(FixtureSessions.ended.ended),
            "DaemonStatus": status,
            "PolicyState": try #require(status.policy),
            "Explanation": why,
            "Origin": why.modeOrigin,
            "Setting": why.settings[0],
            "Exception": why.exceptions[0],
            "Activity": why.activities[0],
            "Evidence": why.evidence[0],
            "Holding": why.holds[0],
            "Counts": try #require(status.counts),
        ]
        #expect(Set(samples.keys) == Set(read.structures.keys))
        for (name, sample) in samples {
            #expect(try Self.fields(of: sample) == read.structures[name], "\(name)")
        }
    }

    @Test func `every word of every enumeration is described, in order`() throws {
        let read = try VarlinkGrammar(InterfaceDescription.control.text)
        #expect(
            read.enumerations == [
                "Stage": SessionStage.allCases.map(\.rawValue),
                "Limit": SessionLimit.allCases.map(\.rawValue),
                "Step": NextStep.What.allCases.map(\.rawValue),
                "LockReason": SessionLock.allCases.map(\.rawValue),
                "Reason": SessionEnd.Reason.allCases.map(\.rawValue),
                "Doing": ActivityInfo.Doing.allCases.map(\.rawValue),
                "Worth": ActivityInfo.Worth.allCases.map(\.rawValue),
                "Mode": StatusInfo.Mode.allCases.map(\.rawValue),
            ]
        )
    }

    @Test func `the parameters of every method are described`() throws {
        let control = try VarlinkGrammar(InterfaceDescription.control.text)
        let service = try VarlinkGrammar(InterfaceDescription.service.text)
        let session = FixtureSessions.warned
        let info = InfoReply(vendor: "", product: "", version: "", url: "", interfaces: [])
        let described: [(VarlinkGrammar, String, any CallParameters, Any)] = [
            (control, "List", ListParameters(ended: true), ListReply(sessions: [session])),
            (control, "Show", ShowParameters(id: ""), ShowReply(session: session)),
            (control, "End", EndParameters(id: "", why: ""), NoParameters()),
            (control, "Why", WhyParameters(id: ""), WhyReply(why: FixtureSessions.explanation)),
            (control, "Touch", TouchParameters(id: ""), NoParameters()),
            (
                control, "Hold", HoldParameters(id: "", forMs: 1, why: ""),
                HoldReport(untilUs: 1, inMs: 1)
            ),
            (control, "Release", ReleaseParameters(id: ""), NoParameters()),
            (
                control, "Extend", ExtendParameters(id: "", byMs: 1, why: ""),
                ExtendReply(next: session.next)
            ),
            (control, "Lock", LockParameters(id: "", why: ""), NoParameters()),
            (control, "Unlock", UnlockParameters(id: "", why: ""), NoParameters()),
            (control, "Revoke", RevokeParameters(user: "", why: ""), RevokeReply(ended: 1)),
            (control, "Reload", NoParameters(), FixtureSessions.reload),
            (control, "Policy", NoParameters(), FixtureSessions.policy),
            (control, "Status", NoParameters(), StatusReply(status: FixtureSessions.status)),
            (service, "GetInfo", NoParameters(), info),
            (
                service, "GetInterfaceDescription", DescriptionParameters(interface: ""),
                DescriptionReply(description: "")
            ),
        ]
        for (grammar, name, input, output) in described {
            let method = try #require(grammar.methods[name])
            #expect(try Self.fields(of: input) == method.input, "\(name)")
            #expect(try Self.fields(of: output) == method.output, "\(name)")
            #expect(Swift.type(of: input).names == Set(method.input.map { $0[0] }), "\(name)")
        }
    }

    @Test func `every error is described with its parameters, and is known again`() throws {
        let all: [ControlError] = [
            .noSuchSession(id: "v"), .alreadyEnding(id: "v"), .holdTooLong(maxMs: 7),
            .sessionLocked(id: "v"), .cannotLock(id: "v", reason: "v"),
            .reasonMissing, .policyRefused(text: "v"), .cannotReply(reason: "v"),
            .interfaceNotFound(interface: "v"), .methodNotFound(method: "v"),
            .methodNotImplemented(method: "v"), .invalidParameter(parameter: "v"),
            .permissionDenied,
        ]
        var described: [String: VarlinkGrammar.Fields] = [:]
        for description in InterfaceDescription.all {
            for (name, fields) in try VarlinkGrammar(description.text).errors {
                described["\(description.name).\(name)"] = fields
            }
        }
        // Every Varlink service describes it; no method of ours needs it.
        described["org.varlink.service.ExpectedMore"] = nil
        #expect(described.count == all.count)
        for error in all {
            let given = Mirror(reflecting: error.parameters).children.filter {
                "\($0.value)" != "nil"
            }
            let fields = try given.map { field in
                [
                    try #require(field.label),
                    try Self.type(named: "\(Swift.type(of: field.value))".unwrappedName),
                ]
            }
            #expect(described[error.name] == fields, "\(error)")
            let json = try JSONEncoder().encode(error.parameters)
            let sent = try JSONDecoder().decode(ErrorParameters.self, from: json)
            #expect(ControlError(name: error.name, parameters: sent) == error)
        }
        #expect(ControlError(name: "a.B", parameters: nil) == .other(name: "a.B"))
    }

    @Test(arguments: [
        "", "interface", "interface x", "interface a..b", "interface a.b type",
        "interface a.b type x (a: int)", "interface a.b type X (a: int",
        "interface a.b type X (a int)",
        "interface a.b type X (a: Y)", "interface a.b type X (a: int) type X (b: int)",
        "interface a.b method M() -> ", "interface a.b method M(a: integer) -> ()",
        "interface a.b error e ()", "interface a.b thing X ()", "interface a.b type X (a_: int)",
        "interface a.b type X (a: int;)",
    ])
    func `the grammar of these tests refuses what is wrong`(text: String) {
        #expect(throws: VarlinkGrammar.Fault.self) { try VarlinkGrammar(text) }
    }
}

extension String {
    /// "Int64" of "Optional<Int64>".
    fileprivate var unwrappedName: String {
        hasPrefix("Optional<") ? String(dropFirst("Optional<".count).dropLast()) : self
    }
}
