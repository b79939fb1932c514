import CStage
import Glibc

/// An open file descriptor that is closed with its last owner.
final class Descriptor: Sendable {
    let number: Int32

    /// Takes over a descriptor that a system call just returned, or throws that call's failure.
    init(_ number: Int32, from call: String, on object: String) throws(StageError) {
        guard number >= 0 else { throw .system(call: call, object: object, errno: errno) }
        self.number = number
    }

    deinit { close(number) }
}

/// Throws the failure of a system call that returned -1.
@discardableResult
func check(
    _ result: Int32,
    _ call: String,
    _ object: @autoclosure () -> String
) throws(StageError) -> Int32 {
    guard result >= 0 else { throw .system(call: call, object: object(), errno: errno) }
    return result
}

/// The C library's sentence for an errno.
///
/// The corresponding C function is `strerror`.
func systemMessage(_ number: Int32) -> String {
    // SAFETY: strerror returns a string of the library; glibc keeps one buffer per thread for
    // numbers that it does not know, and the text is copied here at once.
    guard let text = strerror(number) else { return "errno \(number)" }
    return String(cString: text)
}

/// A pipe whose ends are not inherited: what is written to the second is read from the first.
func makePipe() throws(StageError) -> (read: Descriptor, write: Descriptor) {
    var ends: [Int32] = [-1, -1]
    // SAFETY: the array holds the two integers that the call fills in.
    try check(stage_pipe(&ends), "pipe2", "a new pipe")
    return (
        try Descriptor(ends[0], from: "pipe2", on: "a new pipe"),
        try Descriptor(ends[1], from: "pipe2", on: "a new pipe")
    )
}

/// Makes reads and writes return at once.
///
/// The corresponding C function is `fcntl`, F_SETFL.
func setNonBlocking(_ descriptor: Descriptor) throws(StageError) {
    let flags = fcntl(descriptor.number, F_GETFL)
    try check(fcntl(descriptor.number, F_SETFL, flags | O_NONBLOCK), "fcntl", "F_SETFL")
}

/// What one read returned.
enum ReadOutcome {
    case bytes([UInt8])
    case nothingYet
    case end
}

/// Reads up to 64 KiB; a pty whose other side is gone (EIO) counts as the end.
func readSome(_ descriptor: Descriptor) -> ReadOutcome {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    // SAFETY: the buffer outlives the call, and its true size is given.
    let count = buffer.withUnsafeMutableBytes { read(descriptor.number, $0.baseAddress, $0.count) }
    if count > 0 { return .bytes(Array(buffer[..<count])) }
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return .nothingYet }
    return .end
}

/// Writes all bytes, waiting where the descriptor blocks.
func writeAll(_ bytes: [UInt8], to descriptor: Descriptor) throws(StageError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        // SAFETY: the slice outlives the call, and its true size is given.
        let count = rest.withUnsafeBytes { write(descriptor.number, $0.baseAddress, $0.count) }
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            var wait = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
            poll(&wait, 1, 1_000)
        } else if errno != EINTR {
            throw .system(call: "write", object: "descriptor", errno: errno)
        }
    }
}

/// The whole content of a file.
func readFile(_ path: String) throws(StageError) -> [UInt8] {
    let file = try Descriptor(open(path, O_RDONLY | O_CLOEXEC), from: "open", on: path)
    var content: [UInt8] = []
    while case .bytes(let bytes) = readSome(file) { content += bytes }
    return content
}

/// Replaces or makes a file, with the given permission bits.
func writeFile(_ path: String, _ content: [UInt8], mode: mode_t = 0o644) throws(StageError) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let file = try Descriptor(open(path, flags, mode), from: "open", on: path)
    try check(fchmod(file.number, mode), "fchmod", path)
    try writeAll(content, to: file)
}

/// The names in a directory, without `.` and `..`, in no order.
func directoryEntries(_ path: String) throws(StageError) -> [String] {
    guard let directory = opendir(path) else {
        throw .system(call: "opendir", object: path, errno: errno)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        // SAFETY: readdir(3) keeps the entry until the next call, and d_name ends in a NUL.
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

/// A hold on one process, which stays that process when its number is used again.
struct Pidfd {
    /// Readable once the process has ended.
    let descriptor: Descriptor
    private let what: String

    /// Takes hold of a process.
    ///
    /// The corresponding C function is `pidfd_open`.
    init(_ pid: Int32, _ what: String) throws(StageError) {
        self.what = "\(what) (pid \(pid))"
        descriptor = try Descriptor(pidfd_open(pid, 0), from: "pidfd_open", on: self.what)
    }

    /// The corresponding C function is `pidfd_send_signal`.
    func signal(_ number: Int32) throws(StageError) {
        let result = pidfd_send_signal(descriptor.number, number, nil, 0)
        try check(result, "pidfd_send_signal", what)
    }
}
