#!/bin/sh
# build-module.sh OUT_DIR: builds the release pam_lapse.so, strips it, and refuses to hand it over
# unless it is what a login process may load:
#   - it needs libpam and libc and nothing else,
#   - it exports the six entry points of a PAM module and nothing else,
#   - it calls nothing but what is listed here: no thread, no fork, no signal handler, no printing,
#   - it is loaded without text relocations, lazy binding or an executable stack,
#   - it is at most 100 KB and runs with glibc 2.34 and later.
# Names and addresses for a debugger stay beside it in pam_lapse.so.debug.
set -eu

size_max=102400
glibc_max=2.34

[ $# -eq 1 ] || { echo "usage: $0 OUT_DIR" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

swift build -c release --product pam_lapse >&2
built=$(swift build -c release --show-bin-path)/libpam_lapse.so
module=$out/pam_lapse.so
fresh=$module.new
objcopy --only-keep-debug "$built" "$module.debug"
strip --strip-all -o "$fresh" "$built"
chmod 0644 "$fresh"

fail() {
    echo "pam_lapse.so: $1" >&2
    rm -f "$fresh"
    exit 1
}

# same WHAT EXPECTED FOUND: both are lists of words.
# shellcheck disable=SC2086 # Words, not one text.
same() {
    expected=$(printf '%s\n' $2 | sort)
    found=$(printf '%s\n' $3 | sort)
    [ "$expected" = "$found" ] || fail "$1 is
$found
and should be
$expected"
}

needed=$(readelf -dW "$fresh" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
same NEEDED "libpam.so.0 libc.so.6" "$needed"

exports=$(nm -D --defined-only "$fresh" | awk '{ print $NF }')
same "the list of exports" "pam_sm_acct_mgmt pam_sm_authenticate pam_sm_chauthtok
    pam_sm_close_session pam_sm_open_session pam_sm_setcred" "$exports"

# Weak references are the C start-up's, and absent is fine for them.
allowed="__errno_location __stack_chk_fail clock_gettime close connect explicit_bzero free
    getsockopt malloc memcpy memmove memset poll posix_memalign recv send setsockopt socket strerrordesc_np
    strnlen pam_get_data pam_get_item pam_getenv pam_modutil_getpwnam pam_prompt pam_putenv
    pam_set_data pam_syslog"
calls=$(nm -D --undefined-only "$fresh" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }')
for call in $calls; do
    # shellcheck disable=SC2086,SC2116 # It makes one blank of each line break.
    case " $(echo $allowed) " in
    *" $call "*) ;;
    *) fail "it calls $call, which is not on the list in $0" ;;
    esac
done

readelf -dW "$fresh" | grep -q TEXTREL && fail "it has text relocations"
readelf -dW "$fresh" | grep -q 'BIND_NOW\|NOW' || fail "it is bound lazily"
readelf -lW "$fresh" | grep -q GNU_RELRO || fail "its tables stay writable (no RELRO)"
readelf -lW "$fresh" | grep 'GNU_STACK' | grep -q 'RWE' && fail "it wants an executable stack"

newest=$(nm -D --undefined-only "$fresh" | sed -n 's/.*@GLIBC_//p' | sort -V | tail -n 1)
[ "$(printf '%s\n%s\n' "$newest" "$glibc_max" | sort -V | tail -n 1)" = "$glibc_max" ] ||
    fail "it needs glibc $newest, later than $glibc_max"

size=$(stat -c %s "$fresh")
[ "$size" -le "$size_max" ] || fail "it has $size bytes, at most $size_max are allowed"

mv "$fresh" "$module"
echo "$module: $size bytes, needs libpam and libc (glibc $newest), exports the six entry points"
