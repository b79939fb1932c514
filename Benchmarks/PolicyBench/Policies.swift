import LapsePolicy

func source(_ text: String) -> PolicySource {
    PolicySource(name: "bench.toml", bytes: Array(text.utf8))
}

/// A thousand rules as a large site has them: departments, networks, services, terminals; the last
/// is for everybody.
let thousandRules = source(
    "[defaults]\nidle = \"15m\"\n"
        + (0..<999).map { place in
            """
            [[rule]]
            name = "rule \(place)"
            when = { \(condition(place)) }
            idle = "\(place % 20 + 2)m"
            warn = ["1m", "30s"]
            sessions-max = \(place % 7 + 1)

            """
        }.joined() + "[[rule]]\nname = \"last\"\nlifetime = \"10h\"\n"
)

private func condition(_ place: Int) -> String {
    switch place % 5 {
    case 0: "groups = [\"dept\(place)\", \"dept\(place + 1)\"], services = [\"sshd\"]"
    case 1: "users = [\"user\(place)\", \"user\(place + 1)\", \"user\(place + 2)\"]"
    case 2: "from = [\"10.\(place % 250).0.0/16\", \"fd00:\(place)::/32\"], terminal = \"none\""
    case 3:
        "not-groups = [\"dept\(place)\"], auth = [\"password\"], from = \"192.168.\(place % 250).0/24\""
    default: "groups = \"dept\(place)\", not-from = [\"local\", \"172.16.0.0/12\"]"
    }
}

/// A thousand sessions, each with twenty groups; some meet many rules and some none.
let sessions = (0..<1_000).map(session)

private func session(_ place: Int) -> Subject {
    let groups = (0..<20).map { "dept\((place * 7 + $0 * 13) % 1_500)" }
    let address = IPAddress("10.\(place % 250).1.\(place % 199)")
    return Subject(
        user: "user\(place)",
        uid: UInt32(1_000 + place),
        groups: Set(groups),
        service: place % 4 == 0 ? "login" : "sshd",
        source: address.map { .address($0) } ?? .unknown,
        terminal: place % 3 == 0 ? .absent : .pty,
        auth: [place % 2 == 0 ? "publickey" : "password"]
    )
}

/// Files of 1 MB that are made to be dear, and whether they are refused.
let hostileFiles: [(String, PolicySource, isRefused: Bool)] = [
    ("keys that are none", repeated { "k\($0) = 1\n" }, true),
    ("settings that are none", repeated("[defaults]\n") { "lifetimes\($0) = 1\n" }, true),
    ("rules without end", repeated { _ in "[[rule]]\n" }, true),
    ("rules of one name", repeated(most: 4_000) { _ in "[[rule]]\nname = \"r\"\n" }, true),
    ("baselines that are none", listed("baseline = [", "\"stig-rhel-7\","), true),
    ("users that are none", listed(rule + "when.users = [", "\"\","), true),
    ("networks that are none", listed(rule + "when.from = [", "\"10.0.0.1/8\","), true),
    ("brackets", listed("a = ", "["), true),
    ("quotes", listed("a = ", "\""), true),
    (
        "bytes that are no text",
        PolicySource(name: "f", bytes: [UInt8](repeating: 0xFF, count: 1 << 20)), true
    ),
    (
        "a user 60,000 times", listed(rule + "when.users = [", "\"a\",", most: 60_000, end: "]\n"),
        false
    ),
    ("networks in networks", nested, false),
    ("rules that hide each other", hiding, false),
    (
        "rules for everybody",
        repeated(most: 4_000) { "[[rule]]\nname = \"\($0)\"\nidle = \"5m\"\n" }, false
    ),
]

private let rule = "[[rule]]\nname = \"r\"\nidle = \"5m\"\n"

private func repeated(
    _ start: String = "",
    most: Int = .max,
    _ line: (Int) -> String
) -> PolicySource {
    var text = start
    var place = 0
    while text.utf8.count < 1 << 20 - 64, place < most {
        text += line(place)
        place += 1
    }
    return source(text)
}

private func listed(
    _ start: String,
    _ element: String,
    most: Int = .max,
    end: String = ""
) -> PolicySource {
    let room = (1 << 20 - start.utf8.count - end.utf8.count) / element.utf8.count
    return source(start + String(repeating: element, count: min(room, most)) + end)
}

/// Networks of 32 lengths, each in all shorter ones.
private let nested = source(
    rule + "when.from = ["
        + (0..<30_000).map { "\"fd00:\(String($0 / 32, radix: 16))::/\($0 % 32 + 32)\"," }.joined()
        + "]\n"
)

/// Few rules with long lists that are the same but for their last name.
private let hiding = source(
    (0..<100).map { place in
        "[[rule]]\nname = \"\(place)\"\nidle = \"5m\"\nwhen.users = ["
            + (0..<500).map { "\"u\($0)\"," }.joined() + "\"x\(place)\"]\n"
    }.joined()
)
