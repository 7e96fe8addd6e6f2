#!/usr/bin/env bash
# Makes the calls of expected-h2load.txt with h2load, which knows no gRPC: the request is a file, and
# the status of gRPC stands in the trailers.
#
# Arguments: the addresses of an instance and of one with TLS and tokens, the file of the token.
set -euo pipefail

readonly plain=http://$1 secure=https://$2
bearer="authorization: Bearer $(cat "$3")"

# message FIELD TEXT [FIELD TEXT...]: a protobuf message of short texts, with the five bytes before it.
message() {
  local body='' length=0
  while (($#)); do
    body+=$(printf '\\x%02x\\x%02x%s' $(($1 << 3 | 2)) ${#2} "$2")
    length=$((length + 2 + ${#2}))
    shift 2
  done
  printf '%b' "$(printf '\\x00\\x00\\x00\\x00\\x%02x' "$length")$body"
}

# get REQUEST TARGET [OPTION...]: the different statuses of the calls.
get() {
  local request=$1 target=$2
  shift 2
  h2load --verbose -n 1 "$@" -d "$request" -H 'content-type: application/grpc' -H 'te: trailers' \
    "$target/loadonce.v1.ResourceService/Get" >h2load.out
  sed -n 's/.*\(grpc-status\): \([0-9]*\).*/\1 \2/p' h2load.out | sort -u | paste -sd ' '
}

message 1 2988507 >paris.bin
message 1 1 >missing.bin
message 1 Paris >bad.bin
message 3 slow 1 9000 >slow.bin

found=$(get paris.bin "$plain" -n 1000 -c 4 -m 25)
echo "found: $found, $(grep -c 'grpc-status: 0' h2load.out) of 1000"
echo "missing: $(get missing.bin "$plain")"
echo "bad id: $(get bad.bin "$plain")"
echo "deadline: $(get slow.bin "$plain" -H 'grpc-timeout: 300m')"
echo "token: $(get paris.bin "$secure" -H "$bearer"), without token $(get paris.bin "$secure")"
