import CLinux
import Glibc

/// What a look-up of a user brought.
package enum Account: Equatable, Sendable {
    /// The user has an account.
    case exists(AccountFacts)
    /// Every service was asked, each answered, none has the user: he is deleted.
    case noSuchUser
    /// Nobody can say; this is never a deleted account.
    case failed(AccountFailure)
}

/// What is known of an account at one moment.
package struct AccountFacts: Equatable, Sendable {
    package let uid: UInt32
    /// The names of all groups, the primary one too; nil if they could not be read.
    package let groups: Set<String>?
    /// Services that could not say which groups the user is in.
    ///
    /// While there are any, a name in `groups` is right, and one that is missing proves nothing.
    package let silentServices: [String]
    /// The password begins with `!`: `usermod -L`, `passwd -l` (shadow(5), passwd(5)).
    ///
    /// `*` is no lock: it is the state of accounts that use keys alone. Where the shadow entry
    /// cannot be read the account counts as not locked.
    package let isLocked: Bool
    /// Days after 1970-01-01 UTC from which on the account is expired, that day included; nil for
    /// never (sp_expire of shadow(5); check_shadow_expiry of pam_unix).
    package let expiresOn: Int64?
    /// Whether there is a password to be asked for.
    ///
    /// The field has a hash: neither empty nor begun with `!` or `*` (shadow(5)). Where the shadow
    /// entry cannot be read a directory knows it, and it counts as there.
    package let hasPassword: Bool

    package init(
        uid: UInt32,
        groups: Set<String>?,
        silentServices: [String] = [],
        isLocked: Bool = false,
        expiresOn: Int64? = nil,
        hasPassword: Bool = true
    ) {
        self.hasPassword = hasPassword
        self.uid = uid
        self.groups = groups
        self.silentServices = silentServices
        self.isLocked = isLocked
        self.expiresOn = expiresOn
    }
}

/// Why nobody can say whether there is an account.
package enum AccountFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The look-up itself failed.
    case system(SystemError)
    /// No service has the user, and these could not answer.
    case silent([String])
    /// `AccountLookups` has as much to do as it takes.
    case busy

    package var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .silent(let services):
            "\(services.joined(separator: ", ")) of \(NameServices.path) did not answer"
        case .busy: "too many look-ups of users wait for an answer"
        }
    }
}

/// Users as NSS has them: passwd(5), group(5), shadow(5), a directory server.
///
/// Each look-up MAY wait for a server for as long as that server's module likes: never on the
/// thread of the event loop, see `AccountLookups`.
package enum Accounts {
    /// The largest entry in bytes: a group of a hundred thousand members.
    private static let entryBytesMax = 4 << 20
    /// NGROUPS_MAX of limits.h.
    private static let groupsMax = 65_536

    /// Looks a user up; needs root for the shadow entry.
    ///
    /// The corresponding C functions are `getpwnam_r`, `getgrouplist`, `getgrgid_r` and
    /// `getspnam_r`.
    package static func lookUp(_ user: String) -> Account {
        do throws(SystemError) {
            guard let entry = try passwordEntry(of: user) else { return missing(user) }
            let shadow = shadowEntry(of: user)
            return .exists(
                AccountFacts(
                    uid: entry.uid,
                    groups: groupNames(of: user, primary: entry.gid),
                    silentServices: NameServices.services(for: .initgroups).filter {
                        NameServices.ask($0, forGroupsOf: user, primary: entry.gid) == .silent
                    },
                    isLocked: shadow?.isLocked ?? entry.isLocked,
                    expiresOn: shadow?.expiresOn,
                    hasPassword: shadow?.hasPassword ?? true
                )
            )
        } catch {
            return .failed(.system(error))
        }
    }

    /// getpwnam_r found nobody, without an error of the last service.
    ///
    /// An earlier one may have failed all the same, and glibc keeps the last word alone
    /// (nss/getXXbyYY_r.c): so each is asked again.
    private static func missing(_ user: String) -> Account {
        var silent: [String] = []
        for service in NameServices.services(for: .passwd) {
            switch NameServices.ask(service, forUser: user) {
            case .notFound, .absent: break
            // He came between the two questions, or a cache has an older answer.
            case .found, .silent: silent.append(service)
            }
        }
        return silent.isEmpty ? .noSuchUser : .failed(.silent(silent))
    }

    private struct PasswordEntry {
        let uid: UInt32
        let gid: UInt32
        let isLocked: Bool
    }

    /// Nil if nobody has that name, as far as the last service knows.
    private static func passwordEntry(of user: String) throws(SystemError) -> PasswordEntry? {
        var entry = passwd()
        var found: PasswordEntry?
        let code = growing { buffer, size in
            var result: UnsafeMutablePointer<passwd>?
            let code = getpwnam_r(user, &entry, buffer, size, &result)
            // SAFETY: pw_passwd points into the buffer, which lives until this closure returns.
            found = result.map {
                PasswordEntry(
                    uid: $0.pointee.pw_uid,
                    gid: $0.pointee.pw_gid,
                    isLocked: isLocked($0.pointee.pw_passwd)
                )
            }
            return code
        }
        guard code == 0 else { throw SystemError("getpwnam_r", user, code: code) }
        return found
    }

    /// Nil if there is none, or if it cannot be read: a directory's users often have none.
    private static func shadowEntry(of user: String) -> ShadowEntry? {
        var entry = spwd()
        var found: ShadowEntry?
        _ = growing { buffer, size in
            var result: UnsafeMutablePointer<spwd>?
            let code = getspnam_r(user, &entry, buffer, size, &result)
            // SAFETY: sp_pwdp points into the buffer, which lives until this closure returns.
            found = result.map {
                let expires = Int64($0.pointee.sp_expire)
                let password = $0.pointee.sp_pwdp
                return ShadowEntry(
                    isLocked: isLocked(password),
                    hasPassword: hasPassword(password),
                    expiresOn: expires == -1 ? nil : expires
                )
            }
            return code
        }
        return found
    }

    private struct ShadowEntry {
        let isLocked: Bool
        let hasPassword: Bool
        let expiresOn: Int64?
    }

    /// Whether a password field of shadow(5) is a hash, as far as its first character tells; nil for
    /// an empty one.
    package static func isPassword(beginningWith first: UInt8?) -> Bool {
        guard let first else { return false }
        return first != UInt8(ascii: "!") && first != UInt8(ascii: "*")
    }

    private static func hasPassword(_ password: UnsafeMutablePointer<CChar>?) -> Bool {
        let first = password.flatMap { $0.pointee == 0 ? nil : UInt8(bitPattern: $0.pointee) }
        return isPassword(beginningWith: first)
    }

    private static func isLocked(_ password: UnsafeMutablePointer<CChar>?) -> Bool {
        password?.pointee == CChar(UInt8(ascii: "!"))
    }

    /// Nil on failure; a group without a name is left out, since no rule can name it.
    private static func groupNames(of user: String, primary: UInt32) -> Set<String>? {
        var groups = [gid_t](repeating: 0, count: 64)
        var count = Int32(groups.count)
        while getgrouplist(user, primary, &groups, &count) < 0 {
            // It says how many there are; a count that does not grow is another failure.
            guard count > groups.count, count <= groupsMax else { return nil }
            groups = [gid_t](repeating: 0, count: Int(count))
        }
        var names: Set<String> = []
        for gid in groups.prefix(Int(count)) {
            guard let name = groupName(gid) else { return nil }
            if !name.isEmpty { names.insert(name) }
        }
        return names
    }

    /// Empty if the group has no name, nil on failure.
    private static func groupName(_ gid: gid_t) -> String? {
        var entry = group()
        var name = ""
        let code = growing { buffer, size in
            var result: UnsafeMutablePointer<group>?
            let code = getgrgid_r(gid, &entry, buffer, size, &result)
            // SAFETY: gr_name is a C string in the buffer, which lives until this closure returns.
            name = result.map { String(cString: $0.pointee.gr_name) } ?? ""
            return code
        }
        return code == 0 ? name : nil
    }

    /// Calls with an ever larger buffer while ERANGE says that it is too small (getpwnam(3)).
    private static func growing(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> Int32 {
        var size = 4096
        while true {
            var buffer = [CChar](repeating: 0, count: size)
            // SAFETY: pointer and count are of one buffer that lives through the call.
            let code = buffer.withUnsafeMutableBufferPointer { room in
                room.baseAddress.map { body($0, room.count) } ?? ENOMEM
            }
            guard code == ERANGE, size < entryBytesMax else {
                // Neither is an error: getpwnam(3) lists them for "not found".
                return code == ENOENT || code == ESRCH ? 0 : code
            }
            size *= 4
        }
    }
}
