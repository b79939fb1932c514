import ControlFixture
import FoundationEssentials
import LapseControl
import LinuxFixture
import Testing

/// Every policy that the documentation shows, through the command that a reader would try it with.
@Suite struct DocumentedPolicyTests {
    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    private static let program = ProgramRun.built("lapsectl")
    private let directory = TemporaryDirectory()

    /// The names in a directory of the repository that end so, as paths from its root.
    private static func files(_ folder: String, _ suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
            .filter { $0.hasSuffix(suffix) }
            .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
            .sorted()
    }

    /// A text that must show so many policies at least, lest a change of form hide them all.
    ///
    /// Where none can be listed there is none: a test of its own sees that.
    private static let texts: [(file: String, atLeast: Int)] =
        ((try? files("", ".md") + files("man", "")) ?? []).map { file in
            (file, ["README.md": 2, "man/lapse.toml.5": 5][file] ?? 0)
        }

    @Test func `the texts are found`() {
        #expect(Set(Self.texts.filter { $0.atLeast > 0 }.map(\.file)).count == 2)
        #expect(Self.texts.count >= 6)
    }

    @Test(arguments: texts)
    func `a policy in a text is in order for lapsectl policy check`(
        file: String,
        atLeast: Int
    ) throws {
        let form: PolicyBlockReader.Form = file.hasSuffix(".md") ? .markdown : .manualPage
        let text = ProgramRun.contents("\(Self.root)/\(file)")
        #expect(!text.isEmpty)
        let blocks = try PolicyBlockReader.blocks(of: text, form)
        #expect(blocks.count >= atLeast, "\(blocks.count) policies found in \(file)")
        #expect(try blocks.flatMap { try complaints(about: $0).map { "\(file):\($0)" } } == [])
    }

    @Test func `an example is in order for lapsectl policy check`() throws {
        let examples = try Self.files("examples", "")
        #expect(examples.count >= 4 && examples.allSatisfy { $0.hasSuffix(".toml") })
        for example in examples {
            let text = ProgramRun.contents("\(Self.root)/\(example)")
            #expect(!text.isEmpty)
            let block = PolicyBlock(line: 1, part: nil, text: text)
            #expect(try complaints(about: block).map { "\(example):\($0)" } == [])
        }
    }

    // MARK: That it can fail

    private static let faulty: [(text: String, form: PolicyBlockReader.Form, told: [String])] = [
        ("a\n```toml\n[defaults]\nidel = \"5m\"\n```\n", .markdown, ["4: unknown setting `idel`"]),
        (
            "```toml defaults\nidle = 5\n```\n", .markdown,
            ["2: `idle` must be a duration, found an integer"]
        ),
        (
            "```toml rule\nidle = \"5m\"\nname = \"x\"\n```\n", .markdown,
            ["3: `name` is given twice"]
        ),
        (
            "1. a\n   ```toml\n   mode = 1\n   ```\n", .markdown,
            ["3: `mode` must be a word, found an integer"]
        ),
        (
            ".\\\" toml defaults\n.nf\non\\-idle = \\(dqending\\(dq\n.fi\n", .manualPage,
            ["3: `ending` is no value for `on-idle`"]
        ),
        // A warning is a complaint too, but for names that another host has.
        (
            "```toml defaults\nwarn = [\"1m\", \"1m\"]\n```\n", .markdown,
            ["2: the warning `1m` is given twice"]
        ),
        ("```toml rule\nwhen.users = \"no-such-user\"\nidle = \"5m\"\n```\n", .markdown, []),
        ("```toml rule\nwhen.groups = \"no-such-group\"\nidle = \"5m\"\n```\n", .markdown, []),
        ("```\nidle\n```\n```toml\n```\n", .markdown, []),
    ]

    @Test(arguments: faulty)
    func `a policy with a fault is found and told with its line`(
        text: String,
        form: PolicyBlockReader.Form,
        told: [String]
    ) throws {
        let blocks = try PolicyBlockReader.blocks(of: text, form)
        #expect(blocks.count == 1)
        #expect(try blocks.flatMap { try complaints(about: $0) } == told)
    }

    private static let untold: [(String, PolicyBlockReader.Form, PolicyBlockError)] = [
        ("```\n[defaults]\n```\n", .markdown, .unmarked(2)),
        ("```sh\na\nwork-max = 1\n```\n", .markdown, .unmarked(3)),
        (".nf\n[[rule]]\n.fi\n", .manualPage, .unmarked(2)),
        (".EX\n\nkeep\\-while = []\n.EE\n", .manualPage, .unmarked(3)),
        ("```toml\nidle = 1\n", .markdown, .endless(1)),
        (".\\\" toml\n.nf\nidle = 1\n", .manualPage, .endless(2)),
        ("```toml part\n```\n", .markdown, .strange(1)),
        ("```toml rule rule\n```\n", .markdown, .strange(1)),
        (".\\\" toml\n.PP\n", .manualPage, .strange(1)),
    ]

    @Test(arguments: untold)
    func `a policy that would go unchecked is an error`(
        text: String,
        form: PolicyBlockReader.Form,
        error: PolicyBlockError
    ) {
        #expect(throws: error) { try PolicyBlockReader.blocks(of: text, form) }
    }

    // MARK: The command

    /// What the command says of a policy: number of the line in its text, and message.
    ///
    /// That this host has not the users and groups of an example is no fault of the example.
    private func complaints(about block: PolicyBlock) throws -> [String] {
        struct Document: Decodable {
            struct Problem: Decodable {
                struct Place: Decodable {
                    let line: Int
                }
                let message: String
                let place: Place?
            }
            let isRefused: Bool
            let problems: [Problem]
        }
        let run = ProgramRun(
            Self.program,
            ["policy", "check", directory.write("block.toml", block.file), "--json"]
        )
        let document = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
        #expect(run.status == (document.isRefused ? 1 : 0) && run.errors.isEmpty)
        #expect(!document.isRefused || !document.problems.isEmpty)
        return document.problems.compactMap { problem in
            let isOfHost = ["user", "group"].contains {
                problem.message.hasPrefix("there is no \($0) `")
            }
            guard !isOfHost else { return nil }
            let line = block.line(ofFileLine: problem.place?.line ?? 1)
            return "\(line): \(problem.message)"
        }
    }
}
