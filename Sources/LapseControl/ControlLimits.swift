/// The bounds of the control protocol; each has a test at the limit.
package enum ControlLimits {
    /// Longest call a client may send, in bytes without its NUL.
    ///
    /// The largest legitimate call is an `Extend` of a few hundred bytes; the rest is room for
    /// clients that write JSON with much white space.
    package static let callBytesMax = 64 * 1024

    /// Most bytes a connection may hold that have not yet been taken out as calls.
    ///
    /// One call of full length plus one read of the same size, so that a daemon that takes out
    /// every whole call before it reads again can never meet this bound.
    package static let pendingBytesMax = 2 * callBytesMax

    /// Longest reply, in bytes without its NUL.
    ///
    /// systemd's varlinkctl takes no message above 16 MiB (`VARLINK_BUFFER_MAX` in its source), so
    /// a longer one would reach our own client only. A session takes about 500 bytes: this is room
    /// for some 30,000 of them.
    package static let replyBytesMax = 16 * 1024 * 1024

    /// Longest session id that a call may name, in bytes of UTF-8.
    package static let sessionIdBytesMax = 64

    /// Longest name of a user that `Revoke` may give, in bytes of UTF-8.
    ///
    /// Above LOGIN_NAME_MAX (limits.h), and what a policy takes for a name.
    package static let userBytesMax = 256

    /// Longest time that `Hold` or `Extend` may ask for, in milliseconds: a year of 366 days.
    ///
    /// Far above what is sensible; it keeps sums of times within their range.
    package static let steeringMsMax: Int64 = 366 * 86_400_000

    /// Longest reason, in Unicode scalars after trimming.
    ///
    /// Scalars, not grapheme clusters: one cluster may carry any number of combining marks.
    package static let whyScalarsMax = 200
}
