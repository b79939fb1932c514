extension WireError {
    /// One sentence without a full stop, as ASCII bytes, safe for a log.
    public var message: [UInt8] {
        var line = Line("")
        switch self {
        case .frameTooLong(let length):
            line.add("the frame has ", length, " bytes, at most ")
            line.add("", WireLimits.frameMax, " are allowed")
        case .notAFrame:
            line.add("it does not begin as a Lapse frame does")
        case .version(let version):
            line.add("the frame is of version ", version, "")
            line.add(", understood is ", WireLimits.version, "")
        case .kind(let kind):
            line.add("a frame of kind ", kind, " does not belong here")
        case .bodyLength(let declared, let actual):
            line.add("the header announces ", declared, " bytes")
            line.add(", there are ", actual, "")
        case .truncated(let at):
            line.add("the field at byte ", at, " ends beyond the frame")
        case .unknownField(let tag, let at):
            line.add("field ", tag, " at byte ")
            line.add("", at, " does not belong here")
        case .duplicate(let tag, let at):
            line.add("field ", tag, " at byte ")
            line.add("", at, " is there a second time")
        case .disordered(let tag, let at):
            line.add("field ", tag, " at byte ")
            line.add("", at, " is out of order")
        case .missing(let field):
            line.add("the field '")
            line.add(field.name)
            line.add("' is missing")
        case .length(let field, let length, let at):
            line.add("the field '")
            line.add(field.name)
            line.add("' at byte ", at, "")
            line.add(" has a length of ", length, "")
        case .value(let field, let at):
            line.add("the field '")
            line.add(field.name)
            line.add("' at byte ", at, "")
            line.add(" has a value without meaning")
        }
        return line.bytes
    }
}

#if !hasFeature(Embedded)
    // In the module even an unused conformance would keep String's code in.
    extension WireError: CustomStringConvertible {
        /// `message` as a string.
        public var description: String { String(decoding: message, as: UTF8.self) }
    }
#endif
