# Checks that count themselves.

passed=0 failed=0
exec {NEVER}<> <(:)
LAST=$(mktemp)

# check WHAT COMMAND…: what the command said is in $LAST.
check() {
  local what=$1; shift
  if "$@" > "$LAST" 2>&1; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  echo "FAILED $what"
  tail -n 20 "$LAST" | sed 's/^/    /'
}

not() { ! "$@"; }

changed() { ! cmp -s "$1" "$2"; }

# until_true SECONDS COMMAND…: says what the command said last.
until_true() {
  local end=$((SECONDS + $1)) said; shift
  until said=$("$@" 2>&1); do
    [ $SECONDS -lt $end ] || { echo "$said"; return 1; }
    read -rt 0.1 -u "$NEVER" || true
  done
}
