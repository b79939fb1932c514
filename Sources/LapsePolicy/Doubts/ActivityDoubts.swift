// What is possible but surely not meant in what counts as activity.

extension Policy {
    /// Programs of `keep-while` that nothing comes of, and those that stand for any other.
    ///
    /// A rule may give what another one or the defaults complete. So nobody is blamed for what takes
    /// effect beside any of the values that there are. `work-max` never is without effect: it holds
    /// for what is sent to a client without a terminal too.
    func activityDoubts() -> [Diagnostic] {
        let isWorkCounted =
            defaults.activity.contains(.work)
            || rules.contains { Self.countsWork($0.settings) ?? false }
        var doubts = isWorkCounted ? [] : withoutWork(settings)
        doubts += ProgramDoubts.anyScript(settings)
        for rule in rules where doubts.count <= PolicyLimits.diagnosticsMax {
            // What a rule gives itself is what it means to go together.
            let own = rule.settings
            doubts += Self.countsWork(own) ?? isWorkCounted ? [] : withoutWork(own)
            doubts += ProgramDoubts.anyScript(own)
        }
        return doubts
    }

    /// `nil` where nothing is said of activity.
    private static func countsWork(_ given: Settings) -> Bool? {
        guard case .activity(let kinds) = given[.activity]?.value else { return nil }
        return kinds.contains(.work)
    }

    private func withoutWork(_ given: Settings) -> [Diagnostic] {
        guard let programs = given[.keepWhile], programs.value != .keepWhile([]) else { return [] }
        let doubt = Diagnostic.warning(
            "`keep-while` has no effect, \"work\" is not in `activity`",
            programs.span,
            help: "add it there, or leave `keep-while` out"
        )
        let activity = given[.activity] ?? settings[.activity]
        return [activity.map { doubt.noting("`activity` is given at", $0.span) } ?? doubt]
    }
}

/// Programs that run others under their own name.
private enum ProgramDoubts {
    private static let shells: Set<String> = [
        "ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "mksh", "nu", "oksh", "pwsh",
        "rbash", "rc", "sh", "tcsh", "yash", "zsh",
    ]
    /// With the numbers of versions cut off behind: `python3.11` is among them.
    private static let interpreters: Set<String> = [
        "awk", "bun", "deno", "erl", "escript", "expect", "gawk", "guile", "java", "julia", "lua",
        "luajit", "mawk", "node", "nodejs", "original-awk", "perl", "php", "pypy", "python", "ruby",
        "tclsh", "wish",
    ]
    /// Many commands in one file, which each of them is a link to.
    private static let boxes: Set<String> = ["busybox", "coreutils", "toybox"]

    /// Programs under whose name anything may run: /proc/PID/exe (proc(5)) names the interpreter,
    /// never the script.
    static func anyScript(_ given: Settings) -> [Diagnostic] {
        guard case .keepWhile(let programs) = given[.keepWhile]?.value else { return [] }
        return programs.compactMap { program in
            let name = String(ProgramName(program.value.name).last)
            let isVersion: (Character) -> Bool = { $0.isNumber || $0 == "." || $0 == "-" }
            let bare = String(name.reversed().drop(while: isVersion).reversed())
            var help = "a program is known by its file alone; name those that its scripts run"
            let what: String
            if shells.contains(bare) {
                what = "a shell: every script of it"
            } else if interpreters.contains(bare) {
                what = "an interpreter: every script of it"
            } else if boxes.contains(bare) {
                what = "many programs in one file: each of them"
                help = "a program is known by its file alone; leave it out"
            } else {
                return nil
            }
            let message = "\(VisibleText.quoted(name)) is \(what) would count as work"
            return .warning(message, program.span, help: help)
        }
    }
}
