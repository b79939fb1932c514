/// Random numbers from the kernel (getrandom(2) behind the standard library's generator).
package enum RandomBytes {
    /// 64 random bits.
    package static func word() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
