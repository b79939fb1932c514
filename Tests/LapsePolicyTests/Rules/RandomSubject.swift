import TestRandom

@testable import LapsePolicy

/// A session made by chance, in plain facts, and the answer that a policy must give for it.
struct RandomSubject {
    var user = ""
    var uid: UInt32 = 0
    var groups: [String]?
    var service = ""
    /// Four or sixteen bytes; `nil` for a local login.
    var address: [UInt8]?
    var isAddressKnown = true
    var terminal: String?
    var methods: [String]?
    var isPrivileged = false

    init(using random: inout SeededRandom) {
        func oneOf(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
        user = oneOf(RandomPolicy.users)
        uid = [0, 1_000, 1_001].randomElement(using: &random) ?? 0
        service = oneOf(RandomPolicy.services)
        if Int.random(in: 0..<5, using: &random) > 0 {
            groups = RandomPolicy.groups.filter { _ in Bool.random(using: &random) }
        }
        isAddressKnown = Int.random(in: 0..<5, using: &random) > 0
        if Int.random(in: 0..<4, using: &random) > 0 {
            address = RandomPolicy.address(isFour: Bool.random(using: &random), using: &random)
        }
        if Int.random(in: 0..<4, using: &random) > 0 {
            terminal = oneOf(RandomPolicy.terminals)
        }
        if Int.random(in: 0..<4, using: &random) > 0 {
            methods = RandomPolicy.methods.filter { _ in Int.random(in: 0..<3, using: &random) == 0
            }
        }
        isPrivileged = Int.random(in: 0..<4, using: &random) == 0
    }

    /// The same session as the policy wants it; addresses in one of the forms that they come in.
    func subject(using random: inout SeededRandom) -> Subject {
        var source = Subject.Source.local
        if !isAddressKnown {
            source = .unknown
        } else if let address {
            var text = RandomPolicy.text(of: address)
            if address.count == 4, Bool.random(using: &random) {
                text = "::ffff:" + text
            } else if address.count == 16, Bool.random(using: &random) {
                text += "%eth0"
            }
            source = IPAddress(text).map { .address($0) } ?? .unknown
        }
        return Subject(
            user: user,
            uid: uid,
            groups: groups.map { Set($0) },
            service: service,
            source: source,
            terminal: terminal.flatMap { TerminalKind(rawValue: $0) },
            auth: methods?.map { $0 == "keyboard-interactive" ? $0 + "/pam" : $0 },
            isPrivileged: isPrivileged
        )
    }
}

// MARK: - The answer

extension RandomSubject {
    /// For each setting its value as the file has it and the rule that gives it; nothing for what
    /// no rule gives.
    func answer(_ policy: RandomPolicy) -> (
        given: [String: (value: String, rule: String?)], unknown: Set<String>
    ) {
        var given: [String: (value: String, rule: String?)] = [:]
        var unknown: Set<String> = []
        for rule in policy.rules where rule.until.map({ RandomPolicy.now < $0 }) ?? true {
            guard rule.settings.contains(where: { given[$0.key] == nil }) else { continue }
            let verdicts = rule.when.map { (key: $0.key, fits: fits($0.key, $0.value)) }
            if verdicts.contains(where: { $0.fits == false }) { continue }
            let missing = verdicts.filter { $0.fits == nil }
            for (key, value) in rule.settings where missing.isEmpty && given[key] == nil {
                given[key] = (value, rule.name)
            }
            unknown.formUnion(missing.map { plain($0.key) })
        }
        for (key, value) in policy.defaults where given[key] == nil {
            given[key] = (value, nil)
        }
        return (given, unknown)
    }

    /// Whether the user is in one of the groups of `member-of`; `nil` if that is not known.
    func isAdmitted(by membership: String) -> Bool? {
        membership == "\"anyone\""
            ? true : groups.map { own in own.contains { membership.contains("\"\($0)\"") } }
    }

    private func plain(_ key: String) -> String {
        key.hasPrefix("not-") ? String(key.dropFirst(4)) : key
    }

    /// Whether the session fits one key of `when`; `nil` if that is not known.
    private func fits(_ key: String, _ values: [String]) -> Bool? {
        let has: Bool?
        switch plain(key) {
        case "users":
            has = values.contains { same($0, user) || $0 == "\(uid)" }
        case "groups": has = groups.map { own in values.contains { own.contains($0) } }
        case "services": has = values.contains(service)
        case "terminal": has = terminal.map { values.contains($0) }
        case "auth": has = methods.map { own in values.contains { own.contains($0) } }
        default: has = isAddressKnown ? values.contains { lies(in: $0) } : nil
        }
        return has.map { $0 != key.hasPrefix("not-") }
    }

    private func same(_ left: String, _ right: String) -> Bool {
        Array(left.utf8) == Array(right.utf8)
    }

    private func lies(in network: String) -> Bool {
        guard let address else { return network == "local" }
        let parts = network.split(separator: "/")
        guard parts.count == 2, let length = Int(parts[1]) else { return false }
        let isFour = parts[0].contains(".")
        guard isFour == (address.count == 4) else { return false }
        let base: [UInt8] =
            isFour
            ? parts[0].split(separator: ".").compactMap { UInt8($0) }
            : parts[0].split(separator: ":").flatMap { group -> [UInt8] in
                let number = UInt16(group, radix: 16) ?? 0
                return [UInt8(number >> 8), UInt8(number & 0xFF)]
            }
        return (0..<length).allSatisfy { bit in
            (base[bit / 8] ^ address[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
