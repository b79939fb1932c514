import CStage
import Glibc

/// Both ends of a pipe (pipe(2)), which no program inherits; whoever makes them closes them.
package struct PipeEnds {
    package let read: Int32
    package let write: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(stage_pipe(&ends) == 0, "A pipe can be made.")
        read = ends[0]
        write = ends[1]
    }
}
