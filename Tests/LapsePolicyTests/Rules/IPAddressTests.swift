import TestRandom
import Testing

@testable import LapsePolicy

struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("192.0.2.1", "192.0.2.1"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"), ("0001::00ff", "1::ff"),
        ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        // IPv4 written as IPv6.
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"),
        ("0:0:0:0:0:ffff:0:0", "0.0.0.0"), ("::fffe:c000:201", "::fffe:c000:201"),
        // Zones.
        ("fe80::1%eth0", "fe80::1"), ("fe80::1%3", "fe80::1"), ("::ffff:192.0.2.1%lo", "192.0.2.1"),
    ])
    func `an address is read and written in one way`(_ text: String, _ wanted: String) {
        #expect(IPAddress(text)?.description == wanted)
    }

    @Test(arguments: [
        "", " ", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1",
        "01.2.3.4", "1.2.3.04", "1.2.3.+4", "1.2.3.-4", "0x1.2.3.4", "1.2.3.4 ", "1.2.3.a",
        "1.2.3.4%eth0", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "1::2::3", "1:2", "12345::", "g::", "1:", ":1", "1:2:3:4:5:6:7:",
        "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::%",
        "%eth0",
        "::+1", "::-1", "\u{661}.2.3.4", "host.example", "UNKNOWN",
    ])
    func `what is no address is none`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `more than 64 bytes are no address`() {
        let zone = String(repeating: "z", count: 64 - "fe80::1%".utf8.count)
        #expect(IPAddress("fe80::1%" + zone) != nil)
        #expect(IPAddress("fe80::1%" + zone + "z") == nil)
    }

    @Test func `what is written is read back as the same`() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<5_000 {
            // Few different groups, so that there are runs of zeros of all kinds.
            let groups = (0..<8).map { _ in [0, 0, 1, 0xFFFF].randomElement(using: &random) ?? 0 }
            let value = groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
            let address = IPAddress(.v6, value)
            #expect(IPAddress(address.description) == address)
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("0.0.0.0/0", "255.1.2.3", true), ("0.0.0.0/0", "::1", false), ("::/0", "10.1.2.3", false),
        ("::/0", "ffff::1", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
        ("2001:db8::/33", "2001:db8:8000::", false), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
        ("fe80::/10", "fe80::1%eth0", true), ("128.0.0.0/1", "127.255.255.255", false),
        ("192.0.2.0/31", "192.0.2.1", true), ("192.0.2.0/31", "192.0.2.2", false),
    ])
    func `an address lies in a network or not`(
        _ network: String,
        _ address: String,
        _ isInside: Bool
    ) throws {
        let network = try IPNetwork.parse(network)
        let address = try #require(IPAddress(address))
        #expect(network.contains(address) == isInside)
        let alone = IPNetwork(address, length: address.family.bits)
        #expect(network.contains(alone) == isInside)
    }

    @Test func `a network lies in itself and in shorter ones, and no longer one in it`() throws {
        let address = try #require(IPAddress("172.16.254.3"))
        for outer in 0...32 {
            for inner in 0...32 {
                let holds = IPNetwork(address, length: outer).contains(
                    IPNetwork(address, length: inner)
                )
                #expect(holds == (outer <= inner))
            }
        }
    }
}
