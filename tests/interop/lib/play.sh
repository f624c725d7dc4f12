# play LIBRARY FOLDER SCENARIO…: plays the scenarios of a folder one after the other, each in a lab of its own that LIBRARY builds.
# Says `ok NAME` or `FAILED NAME: why` of each; counts them in `passed` and `failed`.

play() {
  local library=$1 here=$2 begin; shift 2
  passed=0 failed=0
  for NAME in "$@"; do
    SCENARIO="$here/$NAME"
    [ -f "$SCENARIO/scenario.sh" ] || { echo "FAILED $NAME: there is no such scenario"; failed=$((failed + 1)); continue; }
    begin=$SECONDS
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
    if [ $? = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    [ $((SECONDS - begin)) -le 30 ] || echo "   $NAME took $((SECONDS - begin)) s"
  done
}
