/// The limits of the report protocol: one table for both ends.
///
/// A report or an answer is one packet of an `AF_UNIX` `SOCK_SEQPACKET` socket. The header is eight
/// bytes: the magic `LAPS`, the version, the kind, and the length of what follows. Then come fields,
/// each a tag (1 byte), a length (2 bytes) and the value. Numbers are little-endian. Fields stand in
/// ascending order of their tags, so that a frame has one form only and a duplicate shows at once.
/// Tags from `optionalTagMin` on may be skipped by a reader that does not know them.
public enum WireLimits {
    /// The longest frame in bytes, header included.
    ///
    /// Twice what the largest version 1 frame needs, so that fields can be added without a new limit.
    public static let frameMax = 8192

    /// The size of the header in bytes.
    public static let headerSize = 8

    /// The version that this build writes and the only one that it reads.
    public static let version: UInt8 = 1

    /// The first tag that an old reader may skip; an unknown tag below it makes the frame invalid.
    public static let optionalTagMin: UInt8 = 0x80

    /// The longest user name in bytes: `LOGIN_NAME_MAX` of Linux, less its final NUL.
    public static let userMax = 255

    /// The longest PAM service name in bytes; a service is a file name below `/etc/pam.d`.
    public static let serviceMax = 64

    /// The longest `PAM_TTY` in bytes; a longer one is cut and flagged.
    public static let ttyMax = 128

    /// The longest `PAM_RHOST` in bytes: a full DNS name is at most 253 (RFC 1035, 2.3.4).
    public static let rhostMax = 255

    /// The longest `PAM_RUSER` in bytes; a longer one is cut and flagged.
    public static let ruserMax = 255

    /// The longest `SSH_AUTH_INFO_0` in bytes; a longer one is cut at a line end and flagged.
    public static let authInfoMax = 4096

    /// The longest text of an answer in bytes: a few lines on a terminal.
    public static let textMax = 512
}
