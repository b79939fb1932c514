import ArgumentParser
import LapsePolicy
import LapseSources

/// `lapsectl policy explain`.
struct PolicyExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what policy files allow a user's session, and where each value is given.",
        discussion: """
            The daemon decides by the very same function. What is not given is unknown, and rules \
            that ask for it are passed over; that is said where it may matter. Needs no daemon.
            """
    )

    @Argument(help: "The user's name.")
    var user: String

    @OptionGroup var files: PolicyFilesArguments

    @Option(help: .init("The PAM service.", valueName: "name"))
    var service = "sshd"

    @Option(
        help: .init(
            "Where the session comes from: an address, or 'local'.",
            discussion: "Without it, unknown for sshd and local for other services.",
            valueName: "address"
        ),
        transform: SourceArgument.source
    )
    var from: Subject.Source?

    @Option(
        help: .init("The kind of terminal: pty, console, serial or none.", valueName: "kind"),
        transform: SourceArgument.terminal
    )
    var terminal: TerminalKind?

    @Option(
        help: .init(
            "A method of authentication, as SSH names it; several times for several.",
            discussion: "Without it, unknown for sshd and none for other services.",
            valueName: "method"
        )
    )
    var auth: [String] = []

    @Option(
        help: .init(
            "A group of the user; several times for several. Without it, this host's.",
            valueName: "name"
        )
    )
    var group: [String] = []

    @Flag(help: "Root works in the session, through su or sudo.")
    var privileged = false

    @Option(
        help: .init("When, as in 2026-11-27T19:00; without it, now.", valueName: "time"),
        transform: { try TimeArgument.moment($0, now: .now) }
    )
    var at: WallMoment?

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let (policy, _) = try files.load()
        // One name alone: it may take all the time.
        let directory = HostDirectory(limitOfOne: HostDirectory.defaultLimit)
        var subject = ExplainedSubject(directory, user: user, groups: group)
        subject.service = service
        subject.source = from ?? (service == "sshd" ? .unknown : .local)
        subject.terminal = terminal
        subject.auth = auth.isEmpty && service == "sshd" ? nil : auth
        subject.isPrivileged = privileged
        let moment = at ?? .now
        let accounts = LocalAccounts(day: moment.instant.seconds / 86_400)
        let report = ExplainReport(
            policy,
            subject,
            at: moment,
            hasPassword: subject.hasPassword(accounts)
        )
        try StandardOutput.put(
            json
                ? JSONDocument.text(report)
                : report.text(width: StandardOutput.terminalWidth, zone: .local)
        )
    }
}

/// Arguments that say where a session is.
enum SourceArgument {
    static func source(_ text: String) throws -> Subject.Source {
        if text == "local" { return .local }
        guard let address = IPAddress(text) else {
            throw ValidationError(
                "\(VisibleText.quoted(text)) is no address; write one, or 'local'."
            )
        }
        return .address(address)
    }

    static func terminal(_ text: String) throws -> TerminalKind {
        guard let kind = TerminalKind.allCases.first(where: { $0.rawValue == text }) else {
            let kinds = TerminalKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(
                "\(VisibleText.quoted(text)) is no kind of terminal; there are \(kinds)."
            )
        }
        return kind
    }
}
