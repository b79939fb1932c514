import Glibc

/// What a virtual terminal shows: the content of /dev/vcsaN (vcs(4)).
///
/// Four bytes (rows, columns, the cursor's place) and two a cell. No escape sequence of the Linux
/// console brings a screen back, so it is kept and written back.
package struct VirtualScreen: Equatable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// 32,767 cells are the kernel's own limit (vc_do_resize, drivers/tty/vt/vt.c).
    private static let bytesMax = 4 + 2 * 32_767

    /// Nil if it cannot be read: there is no such node, or no screen.
    package static func read(_ number: Int) -> VirtualScreen? {
        guard let bytes = SmallFile.read("/dev/vcsa\(number)", bytesMax: bytesMax), bytes.count > 4
        else { return nil }
        return VirtualScreen(bytes: bytes)
    }

    /// Puts it back, the cursor too; false where the screen has another size by now.
    package func write(to number: Int) -> Bool {
        let descriptor = Descriptor(open("/dev/vcsa\(number)", O_RDWR | O_CLOEXEC | O_NOFOLLOW))
        var size = [UInt8](repeating: 0, count: 2)
        guard descriptor.number >= 0, Glibc.read(descriptor.number, &size, 2) == 2,
            size.elementsEqual(bytes.prefix(2)), lseek(descriptor.number, 0, SEEK_SET) == 0
        else { return false }
        return Glibc.write(descriptor.number, bytes, bytes.count) == bytes.count
    }
}
