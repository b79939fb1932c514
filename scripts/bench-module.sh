#!/bin/sh
# bench-module.sh MODULE.so: what a session costs with pam_lapse in its stack, against pam_permit.
#
# One session is pam_start, pam_open_session, pam_close_session, pam_end, loading and unloading the
# stack's only module included, in one process. The variants take turns, so that a busy moment of
# the machine hits all of them; each figure is the median of the rounds' medians. Writing the log
# line of an absent daemon is not in it. Needs root: the module talks to root alone.
set -eu

rounds=${ROUNDS:-9}
sessions=${SESSIONS:-1000}

[ $# -eq 1 ] && [ -r "$1" ] || { echo "usage: $0 MODULE.so" >&2; exit 2; }
module=$(readlink -f "$1")
cd "$(dirname "$0")/.."
for product in pam-host fake-lapsed; do
    swift build -c release --product $product >&2
done
programs=$(swift build -c release --show-bin-path)

work=$(mktemp -d)
mkfifo "$work/stop"
trap 'exec 3>&-; rm -rf "$work"' EXIT
mkdir "$work/permit" "$work/unmanaged" "$work/answered" "$work/absent"
echo "session required pam_permit.so" >"$work/permit/sshd"
echo "session required $module socket=$work/report" >"$work/unmanaged/cron"
echo "session required $module socket=$work/report" >"$work/answered/sshd"
echo "session required $module socket=$work/nobody" >"$work/absent/sshd"

# The fake daemon ends when this script's end of its standard input is closed.
"$programs/fake-lapsed" "$work/report" quiet <"$work/stop" >"$work/ready" &
exec 3>"$work/stop"
until grep -q ready "$work/ready"; do sleep 0.05; done

# run NAME SERVICE: one round's median in nanoseconds, added to NAME's list.
run() {
    "$programs/pam-host" "$work/$1" "$2" nobody --tty ssh --rhost host.example \
        --sessions "$sessions" --warm-up 50 --time |
        sed -n 's/^median-ns //p' >>"$work/$1.medians"
}

round=0
while [ "$round" -lt "$rounds" ]; do
    run permit sshd
    run unmanaged cron
    run answered sshd
    run absent sshd
    round=$((round + 1))
done

median() { sort -n "$work/$1.medians" | sed -n "$(((rounds + 1) / 2))p"; }
permit=$(median permit)
echo "$rounds rounds of $sessions sessions, microseconds a session (start, open, close, end):"
for name in permit unmanaged answered absent; do
    case $name in
    permit) label="pam_permit" ;;
    unmanaged) label="pam_lapse, a service it does not manage" ;;
    answered) label="pam_lapse, lapsed answers open and close" ;;
    absent) label="pam_lapse, no lapsed" ;;
    esac
    median $name | awk -v label="$label" -v permit="$permit" '{
        printf "  %-42s %8.1f  x%.2f  %+8.1f\n", label, $1 / 1000, $1 / permit,
            ($1 - permit) / 1000 }'
done
added=$((($(median absent) - permit) / 1000))
[ "$added" -lt 50000 ] || { echo "an absent lapsed costs $added us, more than 50 ms" >&2; exit 1; }
