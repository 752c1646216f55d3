#!/usr/bin/env bash
# Prints the home of a JDK 25.0.3 or newer (earlier ones have a G1 bug that can move pinned arrays), or nothing. Looked at: JAVA_HOME, PATH, and the places where JDKs are installed.
# Its argument says what must be there: javac (the default) to build, java to run.
set -u
program=${1:-javac}

new_enough() {
    # A JDK has a release file; reading it is a hundred times faster than starting it.
    [ -x "$1/bin/$program" ] || return 1
    local version
    version=$(sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$1/release" 2>/dev/null)
    [ -n "$version" ] && [ "$(printf '%s\n' 25.0.3 "$version" | sort -V | head -n 1)" = 25.0.3 ]
}

on_path=$(command -v "$program" 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
for home in "${JAVA_HOME:-}" "${on_path:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/java/* /opt/jdk*; do
    if new_enough "$home"; then
        echo "$home"
        exit 0
    fi
done
