import TestRandom

@testable import LapsePolicy

/// A policy made by chance: as the text of its file, and as the plain facts that the test judges
/// by, without a line of the code under test.
struct RandomPolicy {
    struct Rule {
        let name: String
        /// Key of `when` to its values, as the file has them without quotes.
        var when: [String: [String]] = [:]
        /// Key of a setting, or `mode`, to its value as the file has it.
        var settings: [(key: String, value: String)] = []
        /// Seconds since 1970 at which an exception is over, on a host in UTC.
        var until: Int64?
    }

    var mode: String?
    var defaults: [(key: String, value: String)]
    var rules: [Rule]

    init(rules count: Int, using random: inout SeededRandom) {
        mode =
            Bool.random(using: &random)
            ? ["\"enforce\"", "\"observe\""].randomElement(using: &random) : nil
        defaults = Self.settings(using: &random).filter { $0.key != "mode" }
        rules = (0..<count).map { Self.rule("r\($0)", using: &random) }
    }

    var text: String {
        var text = mode.map { "mode = \($0)\n" } ?? ""
        text += "[defaults]\n" + defaults.map { "\($0.key) = \($0.value)\n" }.joined()
        return text + rules.map(\.text).joined()
    }

    func load() -> Policy? {
        Policy.load([PolicySource(name: "random.toml", bytes: Array(text.utf8))]).policy
    }
}

extension RandomPolicy.Rule {
    var text: String {
        var text = "[[rule]]\nname = \"\(name)\"\n"
        let terms = when.sorted { $0.key < $1.key }.map { key, values in
            let list = values.map {
                $0.first?.isNumber == true && !$0.contains(".") && !$0.contains(":")
                    ? $0 : "\"\($0)\""
            }
            let isBare = list.count == 1 && name.utf8.count % 2 == 0
            return "\(key) = " + (isBare ? list[0] : "[" + list.joined(separator: ", ") + "]")
        }
        if !terms.isEmpty {
            text += "when = { " + terms.joined(separator: ", ") + " }\n"
        }
        if let until {
            let time = CivilTime(seconds: until)
            let (year, month, day) = time.date
            let second = until - time.day * 86_400
            func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }
            let clock = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
            text += "reason = \"a test\"\n"
            text += "until = \(year)-\(two(Int64(month)))-\(two(Int64(day)))T\(clock)"
            text += until % 2 == 0 ? "Z\n" : "\n"
        }
        return text + settings.map { "\($0.key) = \($0.value)\n" }.joined()
    }
}

// MARK: - Chance

extension RandomPolicy {
    static let users = ["root", "alice", "bob", "carol", "größe", "gro\u{308}ße"]
    static let groups = ["wheel", "staff", "ops", "users"]
    static let services = ["sshd", "login", "remote"]
    static let terminals = ["pty", "console", "serial", "none"]
    static let methods = ["publickey", "password", "keyboard-interactive", "hostbased"]

    /// Noon of 2026-06-15, UTC.
    static let now: Int64 = 1_781_524_800

    /// The shortest list of steps that is accepted.
    static let endSteps =
        "{ signal = \"TERM\", to = \"leader\", wait = \"1s\" }, "
        + "{ signal = \"KILL\", to = \"processes\", wait = \"1s\" }, "
        + "{ signal = \"KILL\", to = \"leader\", wait = \"1s\" }"

    private static let values: [(key: String, values: [String])] = [
        ("idle", ["\"5m\"", "\"8m\"", "\"20m\"", "\"never\""]),
        ("lifetime", ["\"1h\"", "\"8h\"", "\"never\""]),
        ("warn", ["[]", "[\"1m\"]", "[\"2m\", \"30s\"]"]),
        ("on-idle", ["\"lock\"", "\"end\"", "\"report\""]),
        ("on-lifetime", ["\"end\"", "\"reauth\""]),
        ("lock-for", ["\"10s\"", "\"4h\"", "\"never\""]),
        ("freeze", ["\"terminal\"", "\"session\""]),
        ("unlock", ["\"password\"", "\"pam\""]),
        ("privileged.idle", ["\"6m\"", "\"10m\"", "\"never\""]),
        ("privileged.lifetime", ["\"2h\"", "\"never\""]),
        ("hours", ["\"always\"", "\"Mon-Fri 07:00-19:00\"", "\"22:00-06:00, Sat 00:00-24:00\""]),
        ("quota", ["\"6h\"", "\"never\""]),
        ("sessions-max", ["1", "3", "\"unlimited\""]),
        ("over-max", ["\"refuse\"", "\"end-oldest\""]),
        ("hold-max", ["\"0s\"", "\"4h\""]),
        (
            "activity",
            ["[\"input\"]", "[\"input\", \"output\"]", "[\"input\", \"network\", \"work\"]"]
        ),
        ("work-max", ["\"1h\"", "\"12h\"", "\"never\""]),
        ("keep-while", ["[]", "[\"make\"]", "[\"/usr/bin/make\", \"größe\"]"]),
        ("traffic", ["\"received\"", "\"sent\"", "\"both\""]),
        ("unmeasurable", ["\"report\"", "\"end\""]),
        ("detached", ["\"spare\"", "\"end\"", "\"2h\""]),
        ("member-of", ["\"anyone\"", "\"ops\"", "[\"ops\", \"wheel\"]"]),
        ("mode", ["\"enforce\"", "\"observe\""]),
    ]

    static func settings(
        all isWhole: Bool = false,
        using random: inout SeededRandom
    ) -> [(key: String, value: String)] {
        values.compactMap { key, values in
            guard isWhole || Int.random(in: 0..<4, using: &random) == 0 else { return nil }
            return values.randomElement(using: &random).map { (key, $0) }
        }
    }

    static func rule(_ name: String, using random: inout SeededRandom) -> Rule {
        var rule = Rule(name: name)
        rule.settings = settings(using: &random)
        for (key, values) in [
            ("users", users + ["0", "1000"]), ("groups", groups), ("services", services),
            ("terminal", terminals), ("auth", methods), ("from", []),
        ] {
            for prefix in ["", "not-"] where Int.random(in: 0..<6, using: &random) == 0 {
                rule.when[prefix + key] = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    key == "from"
                        ? network(using: &random) : values.randomElement(using: &random) ?? ""
                }
            }
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
            rule.until = now + Int64.random(in: -3...3, using: &random)
        }
        return rule
    }

    private static func network(using random: inout SeededRandom) -> String {
        guard Int.random(in: 0..<4, using: &random) > 0 else { return "local" }
        let isFour = Bool.random(using: &random)
        var bytes = address(isFour: isFour, using: &random)
        let length = Int.random(in: 0...bytes.count * 8, using: &random)
        for bit in length..<bytes.count * 8 {
            bytes[bit / 8] &= ~(0x80 >> UInt8(bit % 8))
        }
        return text(of: bytes) + "/\(length)"
    }

    /// An address out of few, so that networks are met.
    static func address(isFour: Bool, using random: inout SeededRandom) -> [UInt8] {
        let byte: (inout SeededRandom) -> UInt8 = {
            [0, 1, 127, 128, 255].randomElement(using: &$0) ?? 0
        }
        return isFour
            ? [10] + (0..<3).map { _ in byte(&random) }
            : [0xFD] + (0..<15).map { _ in byte(&random) }
    }

    static func text(of address: [UInt8]) -> String {
        guard address.count == 16 else { return address.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map {
            String(UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }
}
