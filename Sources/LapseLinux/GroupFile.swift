/// /etc/group (group(5)), read directly: a look-up through NSS may ask a directory server and
/// hang, and the one group that is asked for is a local one.
package enum GroupFile {
    /// The gid of a local group, nil if there is none.
    package static func gid(of name: String, in path: String = "/etc/group") -> UInt32? {
        guard !name.isEmpty, let bytes = SmallFile.read(path, bytesMax: bytesMax) else {
            return nil
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields[0].elementsEqual(name.utf8) else { continue }
            // Four fields, or the line breaks off and the number may have lost digits.
            guard fields.count == 4 else { return nil }
            return UInt32(String(decoding: fields[2], as: UTF8.self))
        }
        return nil
    }

    /// A host with ten thousand local groups stays below it.
    private static let bytesMax = 4 * 1024 * 1024
}
