#!/usr/bin/env bash
# Answers a question with a packaged natives jar in place of the host's, from another working directory and an empty cache.
set -euo pipefail

jars=$(ls "$1"/qwen4j-natives-*-*.jar)
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

classpath=$jars
for jar in "$root"/samples/cli/target/qwen4j-cli-*.jar "$root"/samples/cli/target/lib/*.jar; do
    case $jar in
        */qwen4j-natives-*) ;;
        *) classpath+=:$jar ;;
    esac
done
cd "$work"
answer=$("${JAVA_HOME:?}/bin/java" --enable-native-access=ALL-UNNAMED --illegal-native-access=deny -Dqwen4j.cache.dir="$work/cache" \
    -cp "$classpath" dev.qwen4j.cli.Main run "What is the capital of France?")
echo "$jars answers: $answer"
[[ $answer == *Paris* ]]
