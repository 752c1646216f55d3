#!/usr/bin/env bash
# Runs the tests of handles, guard and construction on libraries built with ASan and UBSan, and fails if either reported anything.
#
#   sanitize.sh BUILD   the folder of a native build with -DQWEN4J_SANITIZE=ON
#   TESTS               which tests, as Surefire takes them (default: below)
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
reports=$build/reports
rm -rf "$reports"
mkdir -p "$reports"

# Not those that measure memory, which ASan keeps in quarantine, have an allocator of their own, or fill a stack: ASan's frames are several times as large.
tests=${TESTS:-'dev/qwen4j/handles/*Test,dev/qwen4j/guard/*Test,dev/qwen4j/faults/*Test,!MemoryTest,!GuardTest#losesNoMemory*,!ConstructionTest#*Native*,!LongWaitTest'}

# The JVM handles SIGSEGV itself, never frees most of what it has, and has stacks that ASan does not know. The runtime must come first in a process,
# and C++ too, of which the runtime intercepts exceptions: the java launcher is linked with neither.
export ASAN_OPTIONS="handle_segv=0:allow_user_segv_handler=1:detect_leaks=0:use_sigaltstack=0:detect_stack_use_after_return=0:log_path=$reports/asan"
export UBSAN_OPTIONS="print_stacktrace=1:log_path=$reports/ubsan:suppressions=$PWD/toolchain/ubsan.supp"
preload="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libstdc++.so)"

status=0
LD_PRELOAD=$preload mvn --batch-mode --no-transfer-progress verify -pl bindings,native,models/nano,api -Dspotless.check.skip \
    -Dqwen4j.native.dir="$build/lib" -Dqwen4j.native.target="$build/jar" \
    -Dtest="$tests" -Dsurefire.failIfNoSpecifiedTests=false || status=$?

if [ -n "$(ls -A "$reports")" ]; then
    cat "$reports"/* >&2
    echo "Reports of the sanitizers: $reports" >&2
    exit 1
fi
exit "$status"
