// provisional
package enum Limit: Equatable, Sendable { case never; case after(Duration) }
package enum EndSignal: Equatable, Sendable { case hangUp, terminate, interrupt, quit, kill }
package enum EndTarget: Equatable, Sendable { case processes, leader }
package struct EndStep: Equatable, Sendable {
    package let signal: EndSignal; package let target: EndTarget; package let allowed: Duration
    package init(signal: EndSignal, target: EndTarget, allowed: Duration) { self.signal = signal; self.target = target; self.allowed = allowed }
}
package enum IdleAction: Equatable, Sendable { case end, report }
package enum Mode: Equatable, Sendable { case enforce, observe }
package struct Allowance: Equatable, Sendable {
    package var idle: Limit; package var lifetime: Limit; package var warn: [Duration]; package var onIdle: IdleAction; package var end: [EndStep]
    package init(idle: Limit, lifetime: Limit, warn: [Duration], onIdle: IdleAction, end: [EndStep]) { self.idle = idle; self.lifetime = lifetime; self.warn = warn; self.onIdle = onIdle; self.end = end }
}
