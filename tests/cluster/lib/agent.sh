#!/usr/bin/env bash
# In a guest that is a node: carries out what is typed at its console, one command after the other. The guest's first process starts it.
#   agent.sh FOLDER
# A line is the name of a file in FOLDER/asked. What its command says is in NAME.out, and once that is complete its exit code is in NAME.code.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$1/asked" || exit 1
# Whoever reads on the host is not to wait until the guest's kernel thinks of writing.
mount -o remount,sync /

python3 "$HERE/host_clock.py" set
exec {KEYS}< /dev/tty0
touch ../up
while read -r -u "$KEYS" name; do
  bash "$name" > "$name.out" 2>&1 < /dev/null {KEYS}<&-
  echo $? > "$name.new"
  mv "$name.new" "$name.code"
done
