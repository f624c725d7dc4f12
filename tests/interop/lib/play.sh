# play LIBRARY FOLDER SCENARIO…: plays the scenarios of a folder one after the other, each in a lab of its own that LIBRARY builds.
# Says `ok NAME` or `FAILED NAME: why` of each; counts them in `passed` and `failed`. A machine with other work stretches time, so what failed is played
# once more, three scenarios at most; one that passes then is told as `unsteady NAME`, below what it failed with. One that says `cannot_play WHY` is told as `NOT PLAYED NAME`,
# and counted in `unplayed` alone.
readonly MOST_SECOND_TRIES=3 UNPLAYED=77

play() {
  local library=$1 here=$2 again=0 code; shift 2
  passed=0 failed=0 unplayed=0
  for NAME in "$@"; do
    SCENARIO="$here/$NAME"
    [ -f "$SCENARIO/scenario.sh" ] || { echo "FAILED $NAME: there is no such scenario"; failed=$((failed + 1)); continue; }
    play_one "$library"; code=$?
    case $code in
      0) passed=$((passed + 1)); continue ;;
      "$UNPLAYED") unplayed=$((unplayed + 1)); continue ;;
    esac
    if [ $again -lt $MOST_SECOND_TRIES ]; then
      again=$((again + 1))
      if play_one "$library"; then passed=$((passed + 1)); echo "unsteady $NAME: it failed once, and passed at the second try"; continue; fi
    fi
    failed=$((failed + 1))
  done
}

# unplayed_too: what the last line says of those that were not played, where there are any.
unplayed_too() { [ "$unplayed" = 0 ] || echo ", $unplayed not played"; }

# cannot_play WHY: for what is no fault of the program's and cannot be installed.
cannot_play() { echo "NOT PLAYED $NAME: $1"; exit "$UNPLAYED"; }

# play_one LIBRARY: the scenario NAME in the folder SCENARIO.
play_one() {
  local library=$1 begin=$SECONDS code=0
  (
    . "$library"
    lab_up
    trap lab_down EXIT
    trap 'exit 1' INT TERM
    . "$SCENARIO/scenario.sh"
    lab_finish
    [ "$CHECKS" -gt 0 ] || fail "the scenario checked nothing"
    echo "ok $NAME ($CHECKS checks, $((SECONDS - begin)) s)"
  )
  code=$?
  [ $((SECONDS - begin)) -le 30 ] || echo "   $NAME took $((SECONDS - begin)) s"
  return $code
}
