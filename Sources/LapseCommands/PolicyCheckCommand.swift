import ArgumentParser
import LapsePolicy
import LapseSources

/// `lapsectl policy check`.
struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say all that is wrong or doubtful in policy files; needs no daemon.",
        discussion: """
            Users and groups are looked up on this host, for at most 5 seconds. As root, it says \
            too which users have no password and are ended instead of locked. \
            Exit status: 0 the daemon would take the policy, warnings or not; 1 it would not.
            """
    )

    @OptionGroup var files: PolicyFilesArguments

    @Option(
        help: .init(
            "Hold it against a standard, without enforcing that; 'list' shows what there is.",
            valueName: "name"
        ),
        completion: .list(["list"] + Baseline.all.map(\.id))
    )
    var against: [String] = []

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        for name in against where name != "list" && Baseline.named(name) == nil {
            throw ValidationError(
                "\(VisibleText.quoted(name)) is no standard; see: lapsectl policy check --against list"
            )
        }
        if against.contains("list"), against.count > 1 || files.areGiven {
            throw ValidationError("'--against list' reads no policy and stands alone.")
        }
    }

    func run() throws {
        if against == ["list"] {
            return try StandardOutput.put(
                json ? JSONDocument.text(BaselineList.all) : BaselineList.text
            )
        }
        let sources = try files.read()
        let directory = HostDirectory()
        let now = WallMoment.now
        let check = PolicyCheck(
            sources,
            host: HostFacts(now: now, isUser: directory.isUser, isGroup: directory.isGroup),
            against: against.compactMap(Baseline.named),
            unanswered: {
                directory.unansweredUsers.map { "user \(VisibleText.quoted($0))" }
                    + directory.unansweredGroups.map { "group \(VisibleText.quoted($0))" }
            },
            accounts: LocalAccounts(day: now.instant.seconds / 86_400)
        )
        let text = json ? JSONDocument.text(check) : check.text
        if check.isRefused, !json {
            StandardError.write(text)
        } else {
            try StandardOutput.put(text)
        }
        if check.isRefused { throw ExitStatus.fault.code }
    }
}
