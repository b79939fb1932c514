import CLinux
import Glibc

/// The services that names are looked up in (nsswitch.conf(5)), and what one of them says when it
/// is asked on its own.
package enum NameServices {
    /// The databases that Lapse asks for.
    package enum Database: String, Sendable {
        case passwd
        case group
        /// Which groups a user is in; where the file does not name it, `group` counts.
        case initgroups
    }

    /// What a service says.
    package enum Answer: Equatable, Sendable {
        case found
        case notFound
        /// It could not answer: the server is away, the service is not running.
        case silent
        /// The file names it, the host does not have it: glibc passes it over.
        case absent
    }

    /// Where the services stand.
    package static let path = "/etc/nsswitch.conf"
    /// The longest name of a service in bytes; those in use have up to ten.
    private static let nameMax = 32
    /// Where sssd's module finds its daemon (SSS_NSS_SOCKET_NAME of sssd's clients).
    private static let sssSocket = "/var/lib/sss/pipes/nss"

    /// The services for a database, in their order.
    ///
    /// Actions in brackets are left out: they say when glibc stops, not who could have answered.
    /// Without a line for it glibc asks the files (nss_database.c, glibc 2.34 and later).
    package static func services(for database: Database) -> [String] {
        let text = SmallFile.read(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return services(for: database, in: text)
    }

    static func services(for database: Database, in text: String) -> [String] {
        for line in text.split(separator: "\n") {
            let line = line.prefix { $0 != "#" }
            guard let colon = line.firstIndex(of: ":"),
                trimmed(line[..<colon]) == database.rawValue
            else { continue }
            return names(in: line[line.index(after: colon)...])
        }
        return database == .initgroups ? services(for: .group, in: text) : ["files"]
    }

    private static func trimmed(_ text: Substring) -> Substring {
        text.split { $0 == " " || $0 == "\t" }.first ?? ""
    }

    private static func names(in text: Substring) -> [String] {
        var outside = ""
        var depth = 0
        for character in text {
            if character == "[" { depth += 1 }
            outside.append(depth == 0 ? character : " ")
            if character == "]" { depth = max(0, depth - 1) }
        }
        return outside.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            .map(String.init).filter(isName)
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= nameMax
            && text.utf8.allSatisfy {
                $0 == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
            }
    }

    /// Whether a service has a user; may wait for a server as long as its module does.
    package static func ask(_ service: String, forUser user: String) -> Answer {
        answer(lapse_names_user(service, user), from: service)
    }

    /// Whether a service knows of groups of a user; may wait like `ask(_:forUser:)`.
    package static func ask(_ service: String, forGroupsOf user: String, primary: UInt32) -> Answer
    {
        answer(lapse_names_groups(service, user, primary), from: service)
    }

    private static func answer(_ answer: Int32, from service: String) -> Answer {
        switch Int(answer) {
        case Int(LAPSE_NAMES_FOUND): .found
        // Built with --enable-sss-default-nss-plugin, as on RHEL, sssd's module says "not found"
        // when sssd is not running (sss_nss_make_request_timeout, common.c of its client).
        case Int(LAPSE_NAMES_NOT_FOUND):
            service == "sss" && !UnixSocket.isServed(sssSocket) ? .silent : .notFound
        case Int(LAPSE_NAMES_ABSENT): .absent
        default: .silent
        }
    }
}
