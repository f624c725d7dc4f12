# A gateway whose sessions are stored, and that is killed. Sourced by scenarios that do that; sqlite3 is python's.

# make_store: a key, and the flags that make our program use it.
make_store() {
  dotnet "$PROGRAM" cluster init-key "$WORK/store.key" > /dev/null
  STORE=(--store "sqlite:$WORK/sessions.db" --store-key "$WORK/store.key")
}

# kill_ours: at once; its log goes on in another file.
kill_ours() {
  { kill -KILL "$OURS_PID"; wait "$OURS_PID"; } 2>/dev/null
  mv "$WORK/ours.log" "$WORK/ours-before.log"
  touch "$WORK/ours.log"
}

# store_value QUERY: the first value of its answer.
store_value() {
  python3 -c 'import sqlite3, sys; print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]).fetchone()[0])' "$WORK/sessions.db" "$1"
}

store_has_samples() { [ "$(store_value 'select count(*) from esp_replay where received > 20 and sent > 20')" -ge 1 ]; }

store_is_empty() { [ "$(store_value 'select count(*) from ike_sa')" = 0 ]; }

# peer_spis: those of charon's IKE_SAs.
peer_spis() { swan_sas | grep -oE "[0-9a-f]{16}_[ir]\*? [0-9a-f]{16}_[ir]"; }
