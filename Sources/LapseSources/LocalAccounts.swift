import LapseLinux

/// The users in this host's own files: passwd(5), group(5) and shadow(5).
///
/// Those of a directory are not among them: nobody but its server knows whether they have a
/// password, and to ask for all of them may take for ever.
package struct LocalAccounts: Sendable {
    /// One line of passwd(5).
    package struct User: Equatable, Sendable {
        package let name: String
        package let uid: UInt32
        /// The names of all local groups that he is in; nil where group(5) cannot be read.
        package let groups: Set<String>?
        /// Whether shadow(5) has a password for him that is not locked; nil where it cannot be read.
        ///
        /// One who is not in it has his elsewhere, as `AccountFacts` takes it too.
        package let hasPassword: Bool?
        /// Whether he has a shell to log in with, and his account is not over.
        package let canLogIn: Bool
    }

    /// Where these files are.
    package static let defaultDirectory = "/etc"
    /// Bytes of a file: a hundred thousand users take some 6 MiB of passwd(5).
    private static let fileBytesMax = 16 << 20

    /// By the order of the file; of a name that is there twice the first counts, as for NSS.
    package let users: [User]

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - directory: Where they are.
    ///   - day: Today, in days since 1970-01-01 UTC, for accounts that are over.
    package init(in directory: String = defaultDirectory, day: Int64) {
        let lines = { (name: String) in Self.lines(of: "\(directory)/\(name)") }
        let groups = lines("group").map(Groups.init)
        let shadow = lines("shadow").map { lines in
            Dictionary(lines.map { ($0[0], Shadow($0)) }, uniquingKeysWith: { first, _ in first })
        }
        var seen: Set<String> = []
        users = (lines("passwd") ?? []).compactMap { line in
            // name:password:uid:gid:comment:home:shell
            guard line.count == 7, let uid = UInt32(line[2]), let gid = UInt32(line[3]),
                seen.insert(line[0]).inserted
            else { return nil }
            let entry = shadow?[line[0]]
            return User(
                name: line[0],
                uid: uid,
                groups: groups?.names(of: line[0], primary: gid),
                hasPassword: shadow == nil ? nil : entry?.hasPassword ?? true,
                canLogIn: Self.isLoginShell(line[6]) && entry?.isOver(on: day) != true
            )
        }
    }

    package func user(_ name: String) -> User? { users.first { $0.name == name } }

    /// What does nothing but say no, or shut the machine down, is there to keep a user out.
    private static func isLoginShell(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? "sh"
        return !["nologin", "false", "true", "sync", "shutdown", "halt"].contains(name)
    }

    /// Lines of a file, each in its fields; nil if it cannot be read whole.
    private static func lines(of path: String) -> [[String]]? {
        guard let bytes = SmallFile.read(path, bytesMax: fileBytesMax + 1),
            bytes.count <= fileBytesMax
        else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }
            .map { line in
                line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                    .map { String(decoding: $0, as: UTF8.self) }
            }
    }

    private struct Groups {
        private var names: [UInt32: String] = [:]
        private var memberships: [String: Set<String>] = [:]

        init(_ lines: [[String]]) {
            // name:password:gid:member,member
            for line in lines where line.count == 4 {
                guard let gid = UInt32(line[2]) else { continue }
                names[gid] = names[gid] ?? line[0]
                for member in line[3].split(separator: ",") {
                    memberships[String(member), default: []].insert(line[0])
                }
            }
        }

        func names(of user: String, primary: UInt32) -> Set<String> {
            var own = memberships[user] ?? []
            if let name = names[primary] { own.insert(name) }
            return own
        }
    }

    private struct Shadow {
        let hasPassword: Bool
        private let expiresOn: Int64?

        init(_ line: [String]) {
            // name:password:changed:least:most:warning:inactive:expires:reserved
            let field = line.count > 1 ? line[1] : ""
            hasPassword = Accounts.isPassword(beginningWith: field.utf8.first)
            // -1 stands for none, as an empty field does (check_shadow_expiry of pam_unix).
            expiresOn = line.count > 7 ? Int64(line[7]).flatMap { $0 == -1 ? nil : $0 } : nil
        }

        func isOver(on day: Int64) -> Bool { expiresOn.map { $0 <= day } ?? false }
    }
}
