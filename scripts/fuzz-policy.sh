#!/bin/sh
# fuzz-policy.sh [SECONDS]: lets libFuzzer look for policy files that crash or hang the loader.
#
# The seeds are the cases of the tests. What was found stays in .build/fuzz-policy: corpus/ grows from
# run to run, crash-* and timeout-* are the inputs that failed. Exit status 0 if none did.
set -eu

seconds=${1:-600}
cd "$(dirname "$0")/.."
work=$PWD/.build/fuzz-policy
mkdir -p "$work/corpus" "$work/seeds"

# One module out of the sources and the harness: a target of its own would need LapsePolicy's inside.
# shellcheck disable=SC2046 # The names of our own sources have no blanks.
swiftc -swift-version 6 -package-name lapse -parse-as-library -O -g -sanitize=fuzzer,address \
    -o "$work/policy-fuzz" $(find Sources/LapsePolicy -name '*.swift') Tests/Fuzz/PolicyFuzz.swift

# A case lies between "=== NAME" and ">>> VERDICT"; a file of its own begins at "--- NAME".
awk -v seeds="$work/seeds" '
    /^=== / { number++; name = sprintf("%s/%s-%d", seeds, base, number); printf "" >name; on = 1; next }
    /^>>> / { on = 0; close(name); next }
    FNR == 1 { base = FILENAME; gsub(/.*\/|\.txt$/, "", base) }
    on && /^--- / { printf "%c", 0 >name; next }
    on { print >name }
' Tests/LapsePolicyTests/Diagnostics/*.txt

cd "$work"
exec ./policy-fuzz -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=8192 \
    -use_value_profile=1 -dict="$OLDPWD/Tests/Fuzz/policy.dict" -print_final_stats=1 \
    corpus seeds
