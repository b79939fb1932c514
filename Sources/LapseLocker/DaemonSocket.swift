import CLock

/// The way to the daemon, which is whose child this process is.
struct DaemonSocket {
    let descriptor: CInt

    /// What a look at the socket brought.
    enum Arrival {
        case message(LockMessage, descriptor: CInt)
        /// Nothing, or what is no message.
        case nothing
        /// The daemon has died. Its next one starts a locker that knows.
        case end
    }

    func receive() -> Arrival {
        var passed: CInt = -1
        let packet = [UInt8](unsafeUninitializedCapacity: LockMessage.bytesMax) { room, count in
            // SAFETY: start and count are the buffer's; what is reported has been written.
            count = lock_receive(descriptor, room.baseAddress, room.count, &passed)
            if count < 0 {
                count = 0
                passed = lock_errno() == ECONNRESET ? -1 : -2
            }
        }
        if passed == -2 { return .nothing }
        guard !packet.isEmpty else { return .end }
        guard let message = LockMessage.decode(packet) else {
            if passed >= 0 { close(passed) }
            return .nothing
        }
        return .message(message, descriptor: passed)
    }

    /// Sends; ends the process if nobody is there.
    func send(_ message: LockMessage) {
        // A text from PAM is short and has no NUL, so there is always a packet.
        guard let packet = message.encode() else { return }
        // SAFETY: start and count are the array's.
        let outcome = packet.withUnsafeBytes { lock_send(descriptor, $0.baseAddress, $0.count) }
        if outcome != 0 { _exit(ExitStatus.daemonGone) }
    }
}

/// What the daemon may read from the end of this process.
enum ExitStatus {
    /// Left, as told.
    static let left: CInt = 0
    /// The daemon is gone.
    static let daemonGone: CInt = 1
    /// It could not begin: no lock message, no memory, a system call that failed.
    static let noBeginning: CInt = 2
}
