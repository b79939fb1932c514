#!/bin/sh
# fuzz-policy.sh [SECONDS]: lets libFuzzer look for policy files that crash or hang the loader.
#
# The seeds are the cases of the tests. What was found stays in .build/fuzz-policy: corpus/ grows from
# run to run, crash-* and timeout-* are the inputs that failed. Exit status 0 if none did.
set -eu

seconds=${1:-600}
cd "$(dirname "$0")/.."
root=$PWD
work=$root/.build/fuzz-policy
mkdir -p "$work/corpus" "$work/seeds"

# One module out of the sources and the harness: a target of its own would need LapsePolicy's inside.
# The compiler works in the folder of the results: what it or a flag leaves is no source.
cd "$work"
find "$root/Sources/LapsePolicy" -name '*.swift' -print0 |
    xargs -0 -x swiftc -swift-version 6 -package-name lapse -parse-as-library -O -g \
        -sanitize=fuzzer,address -o policy-fuzz "$root/Tests/Fuzz/PolicyFuzz.swift"

# A case lies between "=== NAME" and ">>> VERDICT"; a file of its own begins at "--- NAME".
awk -v seeds=seeds '
    /^=== / { number++; name = sprintf("%s/%s-%d", seeds, base, number); printf "" >name; on = 1; next }
    /^>>> / { on = 0; close(name); next }
    FNR == 1 { base = FILENAME; gsub(/.*\/|\.txt$/, "", base) }
    on && /^--- / { printf "%c", 0 >name; next }
    on { print >name }
' "$root"/Tests/LapsePolicyTests/Diagnostics/*.txt

exec ./policy-fuzz -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=8192 \
    -use_value_profile=1 -dict="$root/Tests/Fuzz/policy.dict" -print_final_stats=1 \
    corpus seeds
