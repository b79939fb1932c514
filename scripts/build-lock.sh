#!/bin/sh
# build-lock.sh OUT_DIR: builds the release lapse-lock, strips it, and refuses to hand it over unless
# it is what may stay in memory once for each locked terminal: it needs libpam and libc and nothing
# else, is bound at its start, keeps its tables read-only, and is small.
set -eu

size_max=262144

[ $# -eq 1 ] || { echo "usage: $0 OUT_DIR" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

swift build -c release --product lapse-lock >&2
program=$out/lapse-lock
fresh=$program.new
strip --strip-all -o "$fresh" "$(swift build -c release --show-bin-path)/lapse-lock"
chmod 0755 "$fresh"

fail() {
    echo "lapse-lock: $1" >&2
    rm -f "$fresh"
    exit 1
}

needed=$(readelf -dW "$fresh" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
[ "$needed" = "libc.so.6 libpam.so.0 " ] || fail "it needs $needed"
readelf -dW "$fresh" | grep -q 'BIND_NOW\|NOW' || fail "it is bound lazily"
readelf -hW "$fresh" | grep -q 'DYN' || fail "its addresses are fixed (no PIE)"
readelf -lW "$fresh" | grep -q GNU_RELRO || fail "its tables stay writable (no RELRO)"
readelf -lW "$fresh" | grep 'GNU_STACK' | grep -q 'RWE' && fail "it wants an executable stack"
size=$(stat -c %s "$fresh")
[ "$size" -le "$size_max" ] || fail "it has $size bytes, at most $size_max are allowed"

mv "$fresh" "$program"
echo "$program: $size bytes, needs libpam and libc"
