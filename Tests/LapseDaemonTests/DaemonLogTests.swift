import LapseControl
import LapseCore
import LapseLinux
import LinuxFixture
import TestRandom
import Testing

@testable import LapseDaemon

@Suite struct DaemonLogTests {
    private let read = ReadLog()

    // MARK: Texts from outside

    private static let users: [(user: String, shown: String)] = [
        ("alice", "alice"),
        ("", "\"\""),
        ("jürgen", "jürgen"),
        ("a b", "\"a b\""),
        ("a=b", "\"a=b\""),
        ("a\"b", "\"a\\\"b\""),
        ("a\\b", "\"a\\\\b\""),
        ("\" uid=0 x=\"", "\"\\\" uid=0 x=\\\"\""),
        ("a\nuser=root", "\"a\\\\u{a}user=root\""),
        ("a\rb", "\"a\\\\u{d}b\""),
        ("\u{1b}[2J", "\"\\\\u{1b}[2J\""),
        ("a\u{202e}toor", "\"a\\\\u{202e}toor\""),
        ("a\u{0}b", "\"a\\\\u{0}b\""),
        // What is no UTF-8 in a report is one replacement sign a fault (Unicode, 3.9).
        (String(decoding: [0x61, 0xFF, 0x62], as: UTF8.self), "a\u{FFFD}b"),
        // One character to a reader of text, two scalars to one of bytes: the quote is a quote.
        ("a\"\u{301} uid=0", "\"a\\\"\u{301} uid=0\""),
        ("a\\\u{301}", "\"a\\\\\u{301}\""),
        // Blanks beyond ASCII part words for some readers of the log.
        ("a\u{a0}b", "\"a\u{a0}b\""),
        ("a\u{2003}b", "\"a\u{2003}b\""),
    ]

    @Test(arguments: users)
    func `a user's name cannot look like another field`(user: String, shown: String) throws {
        read.log.write(Record(.kept, .sample(user: user)))
        let message = try read.message()
        // Scalar by scalar: as texts, some of them are equal and not the same.
        let expected =
            "event=kept session=28t5cy4t user=\(shown) uid=1000 service=sshd leader=4711"
            + " from=192.0.2.7"
        #expect(Array(message.utf8) == Array(expected.utf8), "\(message)")
    }

    @Test func `whatever the texts are, the fields are read back as they were written`() throws {
        var random = SeededRandom(seed: 20_261_124)
        let pieces = [
            "\"", "\\", "=", " ", "\n", "\r", "\0", "\u{1b}[31m", "\u{301}", "\u{202e}", "\u{a0}",
            "\u{2028}", "\u{FFFD}", "uid=0", "event=ended", "a", "é", "\u{1F1E9}\u{1F1EA}",
            "\\u{a}",
            "\u{200d}", "\u{e0020}", "\u{3000}",
        ]
        func text() -> String {
            (0..<Int.random(in: 0...6, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
        for round in 0..<2000 {
            let facts = SessionFacts.sample(user: text(), service: text(), rhost: text())
            let why = text()
            let request = EndRequest(by: UserID(value: 0), why: why)
            read.log.write(Record(.ending(.request(request), idle: nil), facts))
            let fields = try read.fields()
            let message = try #require(fields.first { $0.name == "MESSAGE" }).value
            var expected = [
                ("event", "ending"), ("session", "28t5cy4t"), ("user", facts.user),
                ("uid", "1000"), ("service", facts.service), ("leader", "4711"),
            ]
            if !facts.rhost.isEmpty { expected.append(("from", facts.rhost)) }
            expected += [("reason", "admin"), ("by", "0"), ("why", why), ("idle", "unmeasured")]
            let words = try #require(Self.words(of: message), "round \(round): \(message)")
            try #require(words.map(\.name) == expected.map(\.0), "round \(round): \(message)")
            for (word, (_, value)) in zip(words, expected) {
                try #require(word.value == Array(PlainText.escaped(value).utf8), "round \(round)")
            }
            // The same facts as the journal's fields, and nothing that it would not take.
            try #require(fields.count == 4 + expected.count, "round \(round)")
            for (field, word) in zip(fields.dropFirst(4), words) {
                try #require(Self.key(field.name) == word.name, "round \(round)")
                try #require(Array(field.value.utf8) == word.value, "round \(round)")
            }
        }
    }

    /// A reader of the log's lines that knows nothing but their form: names, `=`, values that are
    /// quoted or end at the next blank.
    private static func words(of message: String) -> [(name: String, value: [UInt8])]? {
        var words: [(String, [UInt8])] = []
        var rest = Array(message.utf8)[...]
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: 0x3D) else { return nil }
            let name = String(decoding: rest[..<equals], as: UTF8.self)
            rest = rest[(equals + 1)...]
            var value: [UInt8] = []
            if rest.first == 0x22 {
                rest = rest.dropFirst()
                while let byte = rest.popFirst(), byte != 0x22 {
                    guard let taken = byte == 0x5C ? rest.popFirst() : byte else { return nil }
                    value.append(taken)
                }
            } else {
                while let byte = rest.first, byte != 0x20 {
                    guard byte != 0x22, byte != 0x5C, byte != 0x3D else { return nil }
                    value.append(byte)
                    rest = rest.dropFirst()
                }
            }
            guard rest.isEmpty || rest.popFirst() == 0x20 else { return nil }
            words.append((name, value))
        }
        return words
    }

    /// The name in the line that belongs to a name in the journal.
    private static func key(_ field: String) -> String {
        field.dropFirst("LAPSE_".count).lowercased().replacing("_", with: "-")
    }

    // MARK: Events

    private static let reason = EndReason.idle(limit: .seconds(900))
    private static let records: [(what: Record.What, figures: String, priority: String)] = [
        (.opened(.reported), "opened", "6"),
        (.opened(.adopted), "adopted", "6"),
        (
            .warned(reason, remaining: .milliseconds(29_999), idle: .seconds(870)),
            "warned reason=idle limit=900.000s ends-in=29.999s idle=870.000s", "5"
        ),
        (.kept, "kept", "6"),
        (
            .suspicious(.stampSet(terminal: "/dev/pts/3")),
            "suspicious what=stamp-set terminal=/dev/pts/3", "4"
        ),
        (
            .suspicious(.unbackedInput(terminal: "/dev/pts/3")),
            "suspicious what=unbacked-input terminal=/dev/pts/3", "4"
        ),
        (
            .suspicious(.rhythm(terminal: "/dev/tty1", period: .milliseconds(6_999), times: 9)),
            "suspicious what=rhythm terminal=/dev/tty1 period=6.999s times=9", "4"
        ),
        (
            .suspicious(.keepAlives(.init(period: .seconds(15), received: 52, sent: 28))),
            "suspicious what=keep-alives period=15.000s received=52 sent=28", "6"
        ),
        (
            .suspicious(.masquerade(executable: "/tmp/a \u{1b}event=kept", pid: 7)),
            "suspicious what=masquerade executable=\"/tmp/a \\\\u{1b}event=kept\" pid=7", "4"
        ),
        (
            .workMaxReached(.seconds(14_400), what: "my job\n[7]"),
            "work-max-reached work-max=14400.000s job=\"my job\\\\u{a}[7]\"", "5"
        ),
        (.workMaxReached(.seconds(1), what: nil), "work-max-reached work-max=1.000s", "5"),
        (
            .overdue(.lifetime(limit: .seconds(1)), idle: nil),
            "overdue reason=lifetime limit=1.000s idle=unmeasured", "5"
        ),
        (
            .ending(reason, idle: .microseconds(900_000_999)),
            "ending reason=idle limit=900.000s idle=900.000s", "5"
        ),
        (
            .ended(reason, idle: .milliseconds(1), duration: .milliseconds(-1500)),
            "ended reason=idle limit=900.000s idle=0.001s duration=-1.500s", "5"
        ),
        (.stuck, "stuck", "4"),
        (.closed(.logout, duration: .seconds(60)), "closed reason=logout duration=60.000s", "6"),
        (
            .closed(.leaderDied, duration: .zero), "closed reason=leader-died duration=0.000s",
            "4"
        ),
        (
            .spared(["tmux: server[7]", "x[8]"], endIn: nil),
            "spared count=2 processes=\"tmux: server[7] x[8]\"", "5"
        ),
        (
            .spared(["x[8]"], endIn: .seconds(60)),
            "spared count=1 processes=x[8] ends-in=60.000s", "5"
        ),
        (.swept(["x[8]", "y[9]"]), "swept count=2 processes=\"x[8] y[9]\"", "5"),
        (.left(["x[8]"]), "left count=1 processes=x[8]", "4"),
    ]

    @Test(arguments: records)
    func `every event has its name, its figures and its weight`(
        what: Record.What,
        figures: String,
        priority: String
    ) throws {
        read.log.write(Record(what, .sample(rhost: "")))
        let fields = try read.fields()
        let words = figures.split(separator: " ", maxSplits: 1)
        let rest = words.count == 2 ? " \(words[1])" : ""
        let message = try #require(fields.first { $0.name == "MESSAGE" }).value
        #expect(
            message == "event=\(words[0]) session=28t5cy4t user=alice uid=1000 service=sshd"
                + " leader=4711\(rest)"
        )
        #expect(fields[0].name == "PRIORITY" && fields[0].value == priority)
        for field in fields {
            // Journald drops a field of any other name without a word (journal_field_valid).
            let isValid = field.name.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
            #expect(isValid && field.name.utf8.count <= 64, "\(field.name)")
        }
    }

    @Test func `of many processes the first 32 are named, the others counted`() throws {
        let many = NamedProcesses((1...69).map { "p[\($0)]" })
        for what in [Record.What.spared(many, endIn: nil), .swept(many), .left(many)] {
            read.log.write(Record(what, .sample()))
            let message = try read.message()
            #expect(message.contains(" count=69 "))
            #expect(message.hasSuffix(" p[32] and 37 more\""))
        }
    }

    @Test func `a fault is counted and its text is one line`() throws {
        #expect(read.log.faults == 0)
        read.log.fault("open /x\ny: No such file")
        #expect(try read.message() == "event=fault what=\"open /x\\\\u{a}y: No such file\"")
        read.log.policyProblem("a\nb")
        #expect(try read.message() == "event=policy what=\"a\\\\u{a}b\"")
        #expect(read.log.faults == 1)
    }
}
