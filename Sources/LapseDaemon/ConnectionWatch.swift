import LapseCore
import LapseLinux
import LapsePolicy

/// What the connection of a session shows.
enum ConnectionReading: Equatable {
    case measured(Traffic)
    /// The session came over no connection: a console.
    case none
    case unmeasurable(ConnectionFault)

    /// See `TrafficMeter`; each moment but the first is later by `clockLag`.
    struct Traffic: Equatable {
        /// How far the kernel's clock of a connection (tcp_jiffies32) may lag behind: it moves with
        /// the timer's interrupts, and a busy virtual machine gets these late.
        ///
        /// Seen: 16 ms on two loaded processors.
        static let clockLag = Duration.milliseconds(100)

        let began: BootInstant
        let received: BootInstant?
        let sent: BootInstant?
        let lastByte: BootInstant
        let lastBacking: BootInstant
        let isKeepAlive: Bool
        let isUndecided: Bool
        let keepAlive: KeepAliveSeen?
    }
}

/// The TCP connection of each session, and what was read of it.
///
/// A connection is found once, among the descriptors of the session's leader; best while the
/// session opens, when sshd has forwarded nothing yet. From then on a look is one question to the
/// kernel (sock_diag). Where that does not know the connection, because sshd runs in another
/// network namespace or the kernel lacks it (CONFIG_INET_DIAG), the figures are read from a
/// duplicate of the socket, closed at once (`ForeignSockets`).
final class ConnectionWatch {
    private enum Way {
        case diagnosis
        case duplicate(descriptor: Int32, of: ProcessHandle)
    }

    private struct Followed {
        let connection: TCPConnection
        let way: Way
        var meter: TrafficMeter
    }

    private enum State {
        case followed(Followed)
        /// It was searched for, and there is none that can be measured.
        case absent(ConnectionReading)
    }

    private let diagnosis: SocketDiagnosis?
    /// Why sock_diag is not used, if it is not.
    let diagnosisFault: SystemError?
    private var states: [SessionID: State] = [:]

    init() {
        do throws(SystemError) {
            diagnosis = try SocketDiagnosis()
            diagnosisFault = nil
        } catch {
            diagnosis = nil
            diagnosisFault = error
        }
    }

    func remove(_ id: SessionID) {
        states[id] = nil
    }

    /// The kernel's name for the session's connection, which outlasts the daemon; nil if it is not
    /// known.
    func cookie(of id: SessionID) -> UInt64? {
        guard case .followed(let followed) = states[id] else { return nil }
        return followed.connection.cookie
    }

    /// Reads the figures of a session's connection.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - leader: Its leader; nil if that is gone.
    ///   - relays: The processes that speak for the user in the leader's stead, looked at if the
    ///     leader has no connection.
    ///   - cookie: That of the connection, if a former daemon knew it.
    ///   - now: The moment.
    /// - Returns: What is known of its traffic, or why nothing is.
    func look(
        at session: SessionFacts,
        leader: ProcessHandle?,
        relays: Set<ProcessIdentity>,
        cookie: UInt64? = nil,
        now: BootInstant
    ) -> ConnectionReading {
        do throws(ConnectionFault) {
            switch states[session.id] {
            case .absent(let reading): return reading
            case .followed(var followed):
                let figures = try figures(of: followed.connection, by: followed.way)
                followed.meter.look(figures, at: now)
                states[session.id] = .followed(followed)
                return .measured(ConnectionReading.Traffic(followed.meter))
            case nil:
                guard let leader else { return .unmeasurable(.gone) }
                let followed = try find(session, leader, relays, cookie, now)
                states[session.id] = .followed(followed)
                return .measured(ConnectionReading.Traffic(followed.meter))
            }
        } catch {
            return reading(of: error, at: session)
        }
    }

    /// What has no connection now will not get one; other failures may pass.
    private func reading(
        of fault: ConnectionFault,
        at session: SessionFacts
    ) -> ConnectionReading {
        guard case .notTCP = fault else { return .unmeasurable(fault) }
        let isConsole = session.tty != Subject.sshTerminal && session.rhost.isEmpty
        let reading: ConnectionReading = isConsole ? .none : .unmeasurable(fault)
        states[session.id] = .absent(reading)
        return reading
    }
}

// MARK: - Finding

extension ConnectionWatch {
    private func find(
        _ session: SessionFacts,
        _ leader: ProcessHandle,
        _ relays: Set<ProcessIdentity>,
        _ cookie: UInt64?,
        _ now: BootInstant
    ) throws(ConnectionFault) -> Followed {
        do throws(ConnectionFault) {
            return try follow(in: leader, session, cookie, now)
        } catch {
            guard case .notTCP = error else { throw error }
            // What the leader is without says more than what its relays are without.
            let handles = relays.compactMap {
                ProcessHandle.open($0)
            }
            // A relay that has none, or is gone by now, leaves it at that.
            for relay in handles {
                if let found = try? follow(in: relay, session, cookie, now) { return found }
            }
            throw error
        }
    }

    private func follow(
        in process: ProcessHandle,
        _ session: SessionFacts,
        _ cookie: UInt64?,
        _ now: BootInstant
    ) throws(ConnectionFault) -> Followed {
        let sockets: [ForeignSockets.Socket]
        do throws(SystemError) {
            sockets = try ForeignSockets.sockets(of: process)
        } catch {
            throw ConnectionFault(error)
        }
        let found = try ConnectionChoice.choose(
            among: sockets,
            cookie: cookie,
            rhost: session.rhost
        )
        let (connection, descriptor) = (found.connection, found.descriptor)
        // Whether this process shares its network namespace shows by whether it is found there;
        // any failure leaves the other way.
        if let diagnosis, let figures = try? diagnosis.figures(of: connection) {
            let meter = TrafficMeter(TrafficFigures(figures), at: now)
            return Followed(connection: connection, way: .diagnosis, meter: meter)
        }
        let way = Way.duplicate(descriptor: descriptor, of: process)
        let meter = TrafficMeter(try figures(of: connection, by: way), at: now)
        return Followed(connection: connection, way: way, meter: meter)
    }

    private func figures(
        of connection: TCPConnection,
        by way: Way
    ) throws(ConnectionFault) -> TrafficFigures {
        let figures: TCPFigures?
        do throws(SystemError) {
            switch way {
            case .diagnosis: figures = try diagnosis?.figures(of: connection)
            case .duplicate(let descriptor, let process):
                figures = try ForeignSockets.figures(
                    of: connection,
                    at: descriptor,
                    of: process
                )
            }
        } catch {
            throw ConnectionFault(error)
        }
        guard let figures else { throw .gone }
        return TrafficFigures(figures)
    }
}

extension ConnectionFault {
    fileprivate init(_ error: SystemError) {
        self = error.isGone ? .gone : error.isRefusal ? .refused(error) : .failed(error)
    }
}

extension ConnectionReading.Traffic {
    fileprivate init(_ meter: TrafficMeter) {
        began = meter.began
        received = meter.received.map { $0 + Self.clockLag }
        sent = meter.sent.map { $0 + Self.clockLag }
        lastByte = meter.lastByte + Self.clockLag
        lastBacking = meter.lastBacking + Self.clockLag
        isKeepAlive = meter.isKeepAlive
        isUndecided = meter.isUndecided
        keepAlive = meter.keepAlive
    }
}

extension TrafficFigures {
    fileprivate init(_ figures: TCPFigures) {
        self.init(
            bytesReceived: figures.bytesReceived,
            bytesSent: figures.bytesSent,
            segmentsReceived: figures.segmentsReceived,
            segmentsSent: figures.segmentsSent,
            sinceReceived: .milliseconds(figures.sinceReceived),
            sinceSent: .milliseconds(figures.sinceSent),
            roundTrip: .microseconds(figures.roundTrip)
        )
    }
}
