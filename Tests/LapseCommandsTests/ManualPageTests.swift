import ArgumentParser
import ControlFixture
import LapseControl
import Testing

@testable import LapseCommands

@Suite struct ManualPageTests {
    /// The manual page as it is read: roff's escapes for the hyphen and the backslash undone.
    private static let page: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        var text = ""
        var rest = ProgramRun.contents("/\(root)/man/lapsectl.1")[...]
        while let backslash = rest.firstIndex(of: "\\") {
            text += rest[..<backslash]
            let next = rest.index(after: backslash)
            guard next < rest.endIndex else { break }
            text += rest[next] == "e" ? "\\" : "\(rest[next])"
            rest = rest[rest.index(after: next)...]
        }
        return text + rest
    }()

    @Test func `it holds the interface description to the letter`() {
        #expect(Self.page.contains("\n.nf\n\(InterfaceDescription.control.text).fi\n"))
    }

    @Test func `it is of this version`() {
        #expect(Self.page.hasPrefix(".TH LAPSECTL 1 \"\" \"lapse \(LapseVersion.text)\" "))
    }

    @Test func `it names every command and option that the help names`() {
        let commands = Lapsectl.configuration.subcommands.flatMap { command in
            let inner = command.configuration.subcommands
            return inner.isEmpty ? [command] : inner
        }
        #expect(commands.count >= 11)
        var options: Set<Substring> = []
        for command in commands {
            let name = command.configuration.commandName ?? ""
            let isPolicy = PolicyCommand.configuration.subcommands.contains { $0 == command }
            #expect(Self.page.contains(".B lapsectl \(isPolicy ? "policy " : "")\(name)\n"))
            let words = Lapsectl.helpMessage(for: command).split { " \n,[]".contains($0) }
            options.formUnion(words.filter { $0.hasPrefix("--") })
        }
        #expect(options.count >= 5)
        for option in options {
            #expect(Self.page.contains(option), "\(option)")
        }
    }

    @Test func `it names every exit status and stage`() {
        for status in ExitStatus.allCases.map(\.rawValue) + [0, 64] {
            #expect(Self.page.contains("\n.TP\n.B \(status)\n"), "\(status)")
        }
        for stage in SessionStage.allCases {
            #expect(Self.page.contains("\n.TP\n.B \(stage.rawValue)\n"), "\(stage)")
        }
    }
}
