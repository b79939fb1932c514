import CLinux
import Glibc

/// inotify(7) on device nodes: IN_ACCESS is raised by each read(2) that returned bytes.
package final class Inotify {
    /// A watched path.
    package struct Watch: Hashable, Sendable {
        fileprivate let number: Int32
    }

    /// What was told.
    package enum Event: Equatable {
        /// Somebody read from the watched node.
        case read(Watch)
        /// Owner, mode or time stamps of the watched node were set, or its name is gone.
        case changed(Watch)
        /// A name appeared in the watched directory.
        case created(Watch, name: String)
        /// A file in the watched directory was written, or another one took its name.
        case written(Watch, name: String)
        /// The watched file has changed.
        case modified(Watch)
        /// The node is gone; the watch is over.
        case gone(Watch)
        /// The queue was full (/proc/sys/fs/inotify/max_queued_events): events were lost.
        case overflowed
    }

    private static let bufferBytes = 64 * 1024
    package let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: bufferBytes)

    package init() throws(SystemError) {
        descriptor = try Descriptor(
            inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)),
            from: "inotify_init1",
            on: ""
        )
    }

    /// Watches reads from a node.
    ///
    /// The same node gives the same watch.
    package func watchReads(of path: String) throws(SystemError) -> Watch {
        try add(path, UInt32(IN_ACCESS))
    }

    /// Watches reads from a node, and changes of what stat(2) says of it that no read makes.
    package func watchTerminal(_ path: String) throws(SystemError) -> Watch {
        try add(path, UInt32(IN_ACCESS | IN_ATTRIB))
    }

    /// Watches for new names in a directory.
    package func watchNames(in directory: String) throws(SystemError) -> Watch {
        try add(directory, UInt32(IN_CREATE))
    }

    /// Watches for files in a directory that come, are replaced, or were written.
    package func watchContents(of directory: String) throws(SystemError) -> Watch {
        try add(directory, UInt32(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE))
    }

    /// Watches a file of the kernel's that says when it has something new.
    package func watchFile(_ path: String) throws(SystemError) -> Watch {
        try add(path, UInt32(IN_MODIFY))
    }

    private func add(_ path: String, _ mask: UInt32) throws(SystemError) -> Watch {
        let number = inotify_add_watch(descriptor.number, path, mask)
        guard number >= 0 else { throw SystemError("inotify_add_watch", path) }
        return Watch(number: number)
    }

    /// Ends a watch; one that the kernel ended already is fine.
    package func remove(_ watch: Watch) {
        _ = inotify_rm_watch(descriptor.number, watch.number)
    }

    /// All events that wait, oldest first.
    package func events() -> [Event] {
        var events: [Event] = []
        while true {
            let count = retrying { read(descriptor.number, &buffer, Self.bufferBytes) }
            guard count > 0 else { return events }
            // SAFETY: the kernel wrote `count` bytes of whole inotify_event records, each with
            // `len` bytes of name after it; loads are unaligned and within `count`.
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let name = offset + MemoryLayout<inotify_event>.size
                    let rest = bytes[name..<min(name + Int(event.len), count)]
                    if let told = Self.event(event, name: rest.prefix { $0 != 0 }) {
                        events.append(told)
                    }
                    offset += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
    }

    private static func event(
        _ event: inotify_event,
        name: some Sequence<UInt8>
    ) -> Event? {
        let watch = Watch(number: event.wd)
        let mask = event.mask
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflowed }
        if mask & UInt32(IN_IGNORED) != 0 { return .gone(watch) }
        if mask & UInt32(IN_CREATE) != 0 {
            return .created(watch, name: String(decoding: Array(name), as: UTF8.self))
        }
        if mask & UInt32(IN_MOVED_TO | IN_CLOSE_WRITE) != 0 {
            return .written(watch, name: String(decoding: Array(name), as: UTF8.self))
        }
        if mask & UInt32(IN_MODIFY) != 0 { return .modified(watch) }
        if mask & UInt32(IN_ATTRIB) != 0 { return .changed(watch) }
        return mask & UInt32(IN_ACCESS) != 0 ? .read(watch) : nil
    }
}
