#!/usr/bin/env bash
# Makes the calls of expected-h2load.txt with h2load, which knows no gRPC: the request is a file. It
# prints headers and no trailers, so the status of a call is seen only if the call has no reply.
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

# get REQUEST TARGET [OPTION...]: the status of the calls that have no reply; otherwise how many have one.
get() {
  local request=$1 target=$2 status
  shift 2
  h2load --verbose -n 1 "$@" -d "$request" -H 'content-type: application/grpc' -H 'te: trailers' \
    "$target/loadonce.v1.ResourceService/Get" >h2load.out
  status=$(sed -n 's/.*\(grpc-status\): \([0-9]*\).*/\1 \2/p' h2load.out | sort -u | paste -sd ' ')
  if [[ -n $status ]]; then
    echo "$status"
  elif grep -q '(0) data$' h2load.out; then
    echo "no reply"
  else
    sed -n 's/^requests: \([0-9]*\) total.* \([0-9]*\) succeeded.*/\2 of \1/p' h2load.out
  fi
}

message 1 2988507 >paris.bin
message 1 1 >missing.bin
message 1 Paris >bad.bin

echo "found: $(get paris.bin "$plain" -n 1000 -c 4 -m 25)"
echo "missing: $(get missing.bin "$plain")"
echo "bad id: $(get bad.bin "$plain")"
echo "token: $(get paris.bin "$secure" -H "$bearer"), without token $(get paris.bin "$secure")"
