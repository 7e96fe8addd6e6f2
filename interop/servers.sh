# Sourced by interop/run: starts and ends the instances that the cases need.

readonly START_SECONDS=120
readonly LONGEST_SECONDS=900
declare -A address=() process=()

# start NAME [FLAG...]: an instance on free ports of loopback; ready NAME waits for it.
start() {
  local name=$1
  shift
  cp nap.mv.db "$name.mv.db"
  sed "s/INSTANCE/$name/" "$interop/servers.yaml" >"$name.yaml"
  # Without --foreground, timeout hands SIGTERM on twice, and the second one ends a drain at once.
  timeout --foreground "$LONGEST_SECONDS" "$interop/../loadonce" serve --config "$name.yaml" \
    --port 0 --admin-port 0 "$@" >"$name.out" 2>&1 &
  process[$name]=$!
}

ready() {
  local name=$1 until=$((SECONDS + START_SECONDS))
  until grep -q '^ready' "$name.out"; do
    if ! kill -0 "${process[$name]}" 2>/dev/null || ((SECONDS >= until)); then
      echo "the instance $name is not ready: $(tail -n 5 "$name.out")" >&2
      return 1
    fi
    sleep 0.1
  done
  address[$name]=$(sed -n 's/^ready.*grpc=\([^ ]*\).*/\1/p' "$name.out")
}

# ended NAME: succeeds if the instance has ended, and has answered each call in flight.
ended() {
  local pid=${process[$1]} status=0
  unset "process[$1]"
  if kill "$pid" 2>/dev/null; then
    echo "the instance $1 was still there" >&2
    wait "$pid"
    return 1
  fi
  wait "$pid" || status=$?
  ((status == 0)) || echo "the instance $1 ended with $status: $(tail -n 5 "$1.out")" >&2
  return "$status"
}

# end NAME: ends an instance that no case has stopped.
end() {
  [[ -n ${process[$1]:-} ]] || return 0
  kill "${process[$1]}" 2>/dev/null
  wait "${process[$1]}"
  unset "process[$1]"
}

end_all() {
  local pid
  for pid in "${process[@]}"; do
    kill "$pid" 2>/dev/null
  done
}

# A database without tables: the queries need only the function that waits.
make_database() {
  rm -f ./*.mv.db
  java -cp "$interop/../server/target/loadonce-server-$version.jar" org.h2.tools.Shell \
    -url "jdbc:h2:$PWD/nap;DATABASE_TO_LOWER=TRUE" \
    -sql 'CREATE ALIAS NAP FOR "java.lang.Thread.sleep(long)"' >nap.out
}

# A certificate that nobody else has signed, and a token.
make_credentials() {
  rm -f ./token access.txt
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=interop -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
    -keyout key.pem -out cert.pem 2>openssl.err &&
    "$interop/../loadonce" token interop --rights read --token-file token >access.txt
}
