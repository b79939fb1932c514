package import LapseControl

extension FixtureSessions {
    /// Why `warned` is treated as it is; one of everything that a command has to show.
    package static let explanation = Explanation(
        id: "a1",
        mode: .enforce,
        modeOrigin: .builtIn,
        settings: [
            .init(
                name: "idle",
                value: "\"15m\"",
                origin: .init(rule: "night", place: "/etc/lapse/lapse.d/10-site.toml:12")
            ),
            .init(
                name: "lifetime",
                value: "\"12h\"",
                origin: .init(rule: nil, place: "/etc/lapse/lapse.toml:3")
            ),
            .init(name: "warn", value: "[\"2m\", \"30s\"]", origin: .builtIn),
        ],
        unknown: ["groups"],
        exceptions: [
            .init(
                rule: "night",
                reason: "migration of the ledger",
                untilUs: opened + 86_400_000_000,
                place: "/etc/lapse/lapse.d/10-site.toml:11"
            )
        ],
        activities: [
            .init(doing: .input, agoMs: 12_345),
            .init(
                doing: .work,
                what: "make[123]",
                agoMs: 500,
                worth: .over,
                untilUs: opened + 14_400_000_000
            ),
            .init(doing: .output, agoMs: 400, worth: .ignored),
        ],
        evidence: [
            .init(terminal: "/dev/pts/3", lastInputMs: 12_345, how: "a read that was seen"),
            .init(terminal: "/dev/pts/4", lastInputMs: nil, how: "cannot be read"),
        ],
        holds: [
            .init(
                untilUs: opened + 1_800_000_000,
                inMs: 1_800_000,
                by: "uid 1001",
                why: "a long lunch"
            )
        ],
        steps: [
            .init(what: .warn, reason: .idle, inMs: 12_000),
            .init(what: .end, reason: .idle, inMs: 42_000),
            .init(what: .end, reason: .certificate, inMs: 90_000),
        ]
    )

    package static let policy = PolicyReport(
        files: ["/etc/lapse/lapse.toml"],
        text: "mode = \"enforce\"\n\n[defaults]\nidle = \"15m\"\n",
        loadedUs: opened + 60_000_000
    )

    package static let reload = ReloadReport(
        files: ["/etc/lapse/lapse.toml", "/etc/lapse/lapse.d/10-site.toml"],
        warnings: ""
    )
}
