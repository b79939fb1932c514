import Foundation
import LapseCore
import Testing

/// Certificates are made by ssh-keygen, as an authority makes them.
@Suite struct SSHCertificateTests {
    private static let keyTypes = [
        ["rsa", "-b", "2048"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"],
        ["ecdsa", "-b", "521"], ["ed25519"],
    ]

    @Test(arguments: keyTypes)
    func `each type of certificate tells its dates`(type: [String]) throws {
        let authority = try Authority()
        let line = try authority.certificate(type, validity: "20260101000000Z:20270101000000Z")
        let info = SSHAuthInfo(Array("publickey \(line)".utf8))
        #expect(info.methods == ["publickey"])
        let certificate = try #require(info.certificates.first)
        #expect(certificate.validBefore == 1_798_761_600)
        #expect(certificate.serial == 42)
        #expect(String(decoding: certificate.keyID, as: UTF8.self) == "who it is")
    }

    @Test func `one that holds for ever has no end`() throws {
        let line = try Authority().certificate(["ed25519"], validity: "always:forever")
        let info = SSHAuthInfo(Array("publickey \(line)".utf8))
        #expect(info.certificates.count == 1)
        #expect(info.validBefore == nil)
    }

    @Test func `of several methods all are named and the first date counts`() throws {
        let authority = try Authority()
        let late = try authority.certificate(
            ["ed25519"],
            validity: "20260101000000Z:20280101000000Z"
        )
        let soon = try authority.certificate(
            ["ed25519"],
            validity: "20260101000000Z:20270101000000Z"
        )
        let text = "publickey \(late)\npublickey \(soon)\nkeyboard-interactive/pam\n"
        let info = SSHAuthInfo(Array(text.utf8))
        #expect(info.methods == ["publickey", "publickey", "keyboard-interactive/pam"])
        #expect(info.validBefore == 1_798_761_600)
    }

    @Test(
        arguments: [
            "", "password", "publickey", "publickey ssh-ed25519",
            "publickey ssh-ed25519-cert-v01@openssh.com", "publickey x !!!!", "publickey x ====",
            "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==", "\n\n \n",
        ]
    )
    func `what is no certificate gives none`(text: String) {
        #expect(SSHAuthInfo(Array(text.utf8)).certificates.isEmpty)
    }

    @Test func `one that is cut anywhere is none, and a length that lies is refused`() throws {
        let line = try Authority().certificate(["ed25519"], validity: "always:forever")
        let base64 = try #require(line.split(separator: " ").dropFirst().first)
        let blob = Array(try #require(Data(base64Encoded: String(base64))))
        #expect(SSHCertificate(blob: blob) != nil)
        // What follows `valid before` is not needed: extensions, key and signature of the authority.
        let needed = 32 + 4 + 4 + 32 + 4 + 32 + 8 + 4 + 4 + 9 + 4 + 4 + 5 + 16
        for length in 0..<needed {
            #expect(SSHCertificate(blob: Array(blob.prefix(length))) == nil)
        }
        for place in stride(from: 0, to: 64, by: 4) {
            var lying = blob
            lying[place] = 0xFF
            // Whatever it gives, it comes back.
            _ = SSHCertificate(blob: lying)
        }
        var lying = blob
        lying[0] = 0xFF
        #expect(SSHCertificate(blob: lying) == nil)
    }
}

/// A certificate authority of one test.
private final class Authority {
    private let directory: URL
    private var keys = 0

    init() throws {
        let name = "lapse-certificates-\(UInt64.random(in: 0...(.max)))"
        directory = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        try run(["-t", "ed25519", "-N", "", "-f", path("ca")])
    }

    deinit {
        // A folder in the temporary directory that stays is no fault of what is tested.
        try? FileManager.default.removeItem(at: directory)
    }

    /// The public line of a new certificate.
    func certificate(_ type: [String], validity: String) throws -> String {
        keys += 1
        let key = path("key\(keys)")
        try run(["-t"] + type + ["-N", "", "-f", key])
        try run(
            ["-s", path("ca"), "-I", "who it is", "-n", "alice", "-z", "42", "-V", validity]
                + [key + ".pub"]
        )
        return try String(contentsOfFile: key + "-cert.pub", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    private func path(_ name: String) -> String { directory.appending(path: name).path }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q"] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
