import Foundation

@testable import LapsePolicy

/// The official TOML test suite (toml-lang/toml-test), as it lies beside this package.
struct TOMLSuite {
    /// The folder that holds `files-toml-1.0.0`.
    let folder: URL
    /// The paths of the cases that the suite lists for TOML 1.0.0, JSON files left out.
    let cases: [String]

    var valid: [String] { cases.filter { $0.hasPrefix("valid/") } }
    var invalid: [String] { cases.filter { $0.hasPrefix("invalid/") } }

    /// `nil` if the suite is not there: see `TOMLSuiteTests` for what follows from that.
    static let found: TOMLSuite? = {
        let folder = place.appending(path: "tests")
        // A missing suite is the very answer, whatever the error says.
        guard
            let list = try? String(
                contentsOf: folder.appending(path: "files-toml-1.0.0"),
                encoding: .utf8
            )
        else { return nil }
        let paths = list.split(separator: "\n").map(String.init)
        return TOMLSuite(folder: folder, cases: paths.filter { $0.hasSuffix(".toml") })
    }()

    /// `LAPSE_TOML_SUITE`, else `shared/toml-test` in the folder that holds this package.
    static let place: URL = {
        if let path = ProcessInfo.processInfo.environment["LAPSE_TOML_SUITE"] {
            return URL(filePath: path)
        }
        var root = URL(filePath: #filePath)
        // Up from Tests/LapsePolicyTests/TOML/TOMLSuite.swift.
        for _ in 0..<4 {
            root.deleteLastPathComponent()
        }
        return root.deletingLastPathComponent().appending(path: "shared/toml-test")
    }()

    func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// The tagged JSON that says what a valid case means.
    func expectation(_ path: String) throws -> Any {
        let json = path.dropLast("toml".count) + "json"
        let data = try Data(contentsOf: folder.appending(path: String(json)))
        return try JSONSerialization.jsonObject(with: data)
    }
}

/// The first difference between a table and the suite's tagged JSON; `nil` if they agree.
func difference(_ value: TOMLValue, _ expected: Any, at path: String = "") -> String? {
    switch value.content {
    case .table(let table):
        guard let members = expected as? [String: Any] else { return "\(path): a table" }
        // Swift's dictionaries, like JSON files in it, compare keys by canonical equivalence; the
        // suite has no two keys that this would merge, and the count would show it.
        guard members.count == table.keys.all.count else {
            return "\(path): \(table.keys.all.count) keys"
        }
        for (key, member) in table.entries {
            guard let wanted = members[key.name] else { return "\(path): no key \(key.name)" }
            if let found = difference(member, wanted, at: path + "." + key.name) { return found }
        }
        return nil
    case .array(let elements):
        guard let wanted = expected as? [Any], wanted.count == elements.count else {
            return "\(path): an array of \(elements.count)"
        }
        for (index, element) in elements.enumerated() {
            if let found = difference(element, wanted[index], at: "\(path)[\(index)]") {
                return found
            }
        }
        return nil
    default:
        guard let tagged = expected as? [String: String] else { return "\(path): a scalar" }
        let found = tag(value.content)
        let text = tagged["value"] ?? ""
        let isSame =
            switch value.content {
            case .float(let float):
                Double(text).map { $0 == float || $0.isNaN && float.isNaN } ?? false
            default:
                Array(found.text.utf8) == Array(text.utf8)
            }
        let isRight = found.type == tagged["type"] && isSame
        return isRight ? nil : "\(path): \(found) and not \(tagged)"
    }
}

/// Type and text of a scalar as the suite writes them.
private func tag(_ content: TOMLValue.Content) -> (type: String, text: String) {
    switch content {
    case .string(let text): return ("string", text)
    case .integer(let number): return ("integer", String(number))
    case .float(let number): return ("float", String(number))
    case .boolean(let truth): return ("bool", truth ? "true" : "false")
    case .array, .table: return ("", "")
    case .dateTime(.localDate(let date)): return ("date-local", text(date))
    case .dateTime(.localTime(let time)): return ("time-local", text(time))
    case .dateTime(.localDateTime(let date, let time)):
        return ("datetime-local", text(date) + "T" + text(time))
    case .dateTime(.offset(let date, let time, let minutes)):
        let sign = minutes < 0 ? "-" : "+"
        let hours = padded(Int(abs(minutes)) / 60, 2)
        let zone = minutes == 0 ? "Z" : "\(sign)\(hours):\(padded(Int(abs(minutes)) % 60, 2))"
        return ("datetime", text(date) + "T" + text(time) + zone)
    }
}

private func text(_ date: TOMLDate) -> String {
    "\(padded(Int(date.year), 4))-\(padded(Int(date.month), 2))-\(padded(Int(date.day), 2))"
}

private func text(_ time: TOMLTime) -> String {
    let clock = [time.hour, time.minute, time.second].map { padded(Int($0), 2) }
    let whole = clock.joined(separator: ":")
    guard time.nanosecond > 0 else { return whole }
    // The suite's fractions have milliseconds, always three digits.
    return whole + "." + padded(Int(time.nanosecond), 9).prefix(3)
}

private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}
