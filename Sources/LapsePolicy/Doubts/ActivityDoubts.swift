// What is possible but surely not meant in what counts as activity.

extension Policy {
    /// Settings about work that nothing comes of, and programs that stand for any other.
    ///
    /// A rule may give what another one or the defaults complete. So nobody is blamed for what takes
    /// effect beside any of the values that there are.
    func activityDoubts() -> [Diagnostic] {
        let isWorkCounted =
            defaults.activity.contains(.work)
            || rules.contains { Self.countsWork($0.settings) ?? false }
        let shortest = shortestIdle
        var doubts =
            isWorkCounted ? Self.shortWork(settings, beside: shortest) : withoutWork(settings)
        doubts += ProgramDoubts.anyScript(settings)
        for rule in rules where doubts.count <= PolicyLimits.diagnosticsMax {
            // What a rule gives itself is what it means to go together.
            let own = rule.settings
            doubts +=
                Self.countsWork(own) ?? isWorkCounted
                ? Self.shortWork(own, beside: own[.idle].map { Idle($0) } ?? shortest)
                : withoutWork(own)
            doubts += ProgramDoubts.anyScript(own)
        }
        return doubts
    }

    /// `nil` where nothing is said of activity.
    private static func countsWork(_ given: Settings) -> Bool? {
        guard case .activity(let kinds) = given[.activity]?.value else { return nil }
        return kinds.contains(.work)
    }

    // MARK: Work that does not count

    private func withoutWork(_ given: Settings) -> [Diagnostic] {
        [Setting.workMax, .keepWhile].compactMap { setting in
            guard let one = given[setting], one.value != .keepWhile([]) else { return nil }
            let name = setting.rawValue
            let message = "`\(name)` has no effect, \"work\" is not in `activity`"
            let help = "add it there, or leave `\(name)` out"
            let doubt = Diagnostic.warning(message, one.span, help: help)
            let activity = given[.activity] ?? settings[.activity]
            return activity.map { doubt.noting("`activity` is given at", $0.span) } ?? doubt
        }
    }

    // MARK: Work that keeps nothing

    /// An idle limit, and where a file gives it.
    private struct Idle {
        let time: Duration
        let span: SourceSpan?

        /// `nil` for `never`.
        init?(_ given: Sourced<SettingValue>) {
            guard case .idle(.after(let time)) = given.value else { return nil }
            (self.time, span) = (time, given.span)
        }

        init(time: Duration, span: SourceSpan?) {
            (self.time, self.span) = (time, span)
        }
    }

    /// The shortest limit that anybody has; `nil` if nobody has any.
    private var shortestIdle: Idle? {
        var given = ([settings] + rules.map(\.settings)).compactMap { $0[.idle].flatMap(Idle.init) }
        if settings[.idle] == nil, case .after(let time) = defaults.idle {
            given.append(Idle(time: time, span: nil))
        }
        return given.min { $0.time < $1.time }
    }

    private static func shortWork(_ given: Settings, beside idle: Idle?) -> [Diagnostic] {
        guard let work = given[.workMax], case .workMax(.after(let time)) = work.value, let idle,
            time <= idle.time
        else { return [] }
        let limit = "`idle`, which is \(PolicyDuration.text(idle.time))"
        let doubt = Diagnostic.warning(
            "`work-max` is not longer than \(limit): work keeps no session beyond that",
            work.span,
            help: "for no work at all, leave \"work\" out of `activity`"
        )
        return [idle.span.map { doubt.noting("`idle` is given at", $0) } ?? doubt]
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
            let name = ProgramName(program.value.name).last
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
