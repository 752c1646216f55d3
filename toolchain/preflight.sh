#!/usr/bin/env bash
# Names everything that the build needs and does not find, all at once, with one line that installs it.
set -u

missing=() packages=()
need() { # command, what it is, Debian's package
    if ! command -v "$1" >/dev/null 2>&1; then
        missing+=("$2 ($1)")
        packages+=("$3")
    fi
}

jdk=$("$(dirname "$0")/find-jdk.sh")
if [ -z "$jdk" ]; then
    missing+=("a JDK of version 25.0.3 or newer (javac; JAVA_HOME is ${JAVA_HOME:-not set})")
    packages+=(temurin-25-jdk)
fi
need git git git
need npm npm npm
need mvn Maven maven
need cmake CMake cmake
at_least() { # command, what it is, the oldest version that does, Debian's package
    command -v "$1" >/dev/null 2>&1 || return 0
    local version
    version=$("$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
    if [ "$(printf '%s\n' "$3" "$version" | sort -V | head -n 1)" != "$3" ]; then
        missing+=("$2 of version $3 or newer ($1 is $version)")
        packages+=("$4")
    fi
}
at_least cmake CMake 3.25 cmake
at_least mvn Maven 3.8.6 maven
need ninja Ninja ninja-build
need g++ "a C++ compiler" g++
need cc "a C compiler" gcc
need strace "strace, with which a test watches files being forced to disk," strace

[ ${#missing[@]} -eq 0 ] && exit 0

{
    echo "Qwen4j cannot be built here yet. Missing:"
    printf '  - %s\n' "${missing[@]}"
    echo "On Debian or Ubuntu, as root:"
    echo "  apt-get update && apt-get install -y ${packages[*]}"
    if [[ " ${packages[*]} " == *" temurin-25-jdk "* ]]; then
        echo "The JDK is in Adoptium's package repository (https://adoptium.net/installation/linux/); any other JDK 25.0.3 or newer does too: set JAVA_HOME."
    fi
} >&2
exit 1
