/// A thousand rules as a large site has them: departments, networks, methods, hours, quotas; the
/// last is for everybody.
///
/// The two versions of it give every session another idle limit.
func policyText(isSecond: Bool = false) -> String {
    let more = isSecond ? 5 : 0
    return "[defaults]\nidle = \"\(60 + more)m\"\nquota = \"20h\"\n"
        + (0..<999).map { place in
            """
            [[rule]]
            name = "rule \(place)"
            when = { \(condition(place)) }
            \(setting(place, more))

            """
        }.joined() + "[[rule]]\nname = \"last\"\nlifetime = \"10h\"\n"
}

private func condition(_ place: Int) -> String {
    switch place % 5 {
    case 0: "groups = [\"dept\(place)\", \"dept\(place + 1)\"], services = [\"sshd\"]"
    case 1: "users = [\"user\(place)\", \"user\(place + 1)\", \"user\(place + 2)\"]"
    case 2: "from = [\"10.\(place % 250).0.0/16\", \"fd00:\(place)::/32\"], terminal = \"none\""
    case 3:
        "not-groups = [\"dept\(place)\"], auth = \"password\", from = \"192.168.\(place % 250).0/24\""
    default: "groups = \"dept\(place)\", not-from = [\"local\", \"172.16.0.0/12\"]"
    }
}

private func setting(_ place: Int, _ more: Int) -> String {
    switch place % 4 {
    case 0: "idle = \"\(place % 20 + 30 + more)m\"\nwarn = [\"1m\", \"30s\"]"
    case 1: "hours = \"Mon-Sun 00:00-24:00\"\nwork-max = \"\(place % 9 + 1)h\""
    case 2: "quota = \"\(place % 4 + 20)h\"\nkeep-while = [\"make\", \"rsync\"]"
    default: "lifetime = \"\(place % 20 + 5)h\"\ndetached = \"end\""
    }
}

let passwdText =
    "root:x:0:0:root:/root:/bin/sh\n"
    + (0..<BusyHost.users).map { user in
        "user\(user):x:\(BusyHost.firstUID + user):\(BusyHost.firstUID + user)::/:/bin/sh\n"
    }.joined()

/// Each user is in twenty of 1,500 departments.
let groupText: String = {
    var members: [[String]] = Array(repeating: [], count: 1_500)
    for user in 0..<BusyHost.users {
        for step in 0..<20 { members[(user * 7 + step * 13) % 1_500].append("user\(user)") }
    }
    return "root:x:0:\n"
        + members.enumerated().map { place, names in
            "dept\(place):x:\(30_000 + place):\(names.joined(separator: ","))\n"
        }.joined()
}()
