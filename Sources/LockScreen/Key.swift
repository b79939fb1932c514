/// What somebody at a locked terminal has pressed, or what the terminal has answered.
public enum Key: Equatable, Sendable {
    /// A byte of text, as it came: a password need not be UTF-8.
    case byte(UInt8)
    /// A Unicode scalar that a terminal sent as a number.
    case scalar(UInt32)
    /// CR or LF.
    case enter
    /// Backspace or Delete.
    case erase
    /// Ctrl-W.
    case eraseWord
    /// Ctrl-U.
    case eraseLine
    /// Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\ or Escape.
    case cancel
    /// Ctrl-L.
    case redraw
    /// An answer to DECRQM of private mode 1049 or 1047: 1 or 3 set, 2 or 4 reset, 0 for a mode that
    /// is not known (xterm, ctlseqs).
    case screenMode(UInt32)
    /// The answer to DA1: whatever was asked before it has been answered, if it ever will be.
    case attributes

    /// What a C0 control character means; nil for nothing.
    init?(control: UInt8) {
        switch control {
        case 0x0A, 0x0D: self = .enter
        case 0x08: self = .erase
        case 0x17: self = .eraseWord
        case 0x15: self = .eraseLine
        case 0x03, 0x04, 0x1A, 0x1B, 0x1C: self = .cancel
        case 0x0C: self = .redraw
        default: return nil
        }
    }
}
