import LapseStage

/// What settings of lapse.toml(5) make of it, each for one user of the stage.
extension VerdictTable {
    static let settings = VerdictGroup(
        name: "settings",
        rows: [
            VerdictRow(
                "runs a program that `keep-while` names",
                .terminals(.active(.work), "it is to be waited for, up to `work-max`")
                    .noTerminal(.active(.work), "it is to be waited for, up to `work-max`")
            ) { scene in
                try await scene.job("sleep 800h").act
            },
            VerdictRow(
                "runs a program of his own by a name in `keep-while`",
                .terminals(.idle, "its file is his own; it is logged"),
                suspicion: "masquerade"
            ) { scene in
                let copy = "mkdir \(scene.name); cp /usr/bin/sleep \(scene.name)/backup"
                return try await scene.job("\(copy); \(scene.name)/backup 800h").act
            },
            VerdictRow(
                "follows a growing log where `activity` has \"output\"",
                .terminals(.active(.output), "the lines that are shown")
            ) { scene in
                let log = "/home/bob/\(scene.name).log"
                try scene.writeLog(log)
                return try await scene.job("tail -f \(log)", as: .bob).act
            },
            VerdictRow(
                "uses a forwarded port beside a shell where `activity` has \"network\"",
                .pty(.active([.received, .sent]), "what is forwarded comes and goes")
            ) { scene in
                _ = try await scene.logIn(.carol, options: ["-L", "\(port):127.0.0.1:22"])
                return visits(to: port, in: scene)
            },
            VerdictRow(
                "has a command print a build's log where `traffic` is \"received\"",
                .noTerminal(.idle, "what is sent does not count")
            ) { scene in
                try await scene.job(log, as: .erin).act
            },
            VerdictRow(
                "runs `yes >/dev/null` longer than `work-max`",
                .terminals(.idle, "work counts for so long after the last key")
                    .noTerminal(.idle, "work counts for so long after the last byte that came"),
                goesOnFor: .seconds(10)
            ) { scene in
                try await scene.job("yes >/dev/null", as: .dave).act
            },
        ],
        scenery: VerdictScenery(
            rules: """

                [[rule]]
                name = "what is waited for"
                when = { users = "alice" }
                keep-while = ["sleep", "backup"]

                [[rule]]
                name = "what is shown"
                when = { users = "bob" }
                activity = ["input", "work", "output"]

                [[rule]]
                name = "what is forwarded"
                when = { users = "carol" }
                activity = ["input", "work", "network"]

                [[rule]]
                name = "not for ever"
                when = { users = "dave" }
                work-max = "10s"

                [[rule]]
                name = "what comes alone"
                when = { users = "erin" }
                traffic = "received"

                """
        ),
        isHungry: true
    )
}
