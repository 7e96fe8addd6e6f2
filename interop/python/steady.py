"""Calls Get from 16 threads until its input ends, and then prints what they got.

Arguments: the addresses, the file of the service config, how many ids there are, a seed.
"""
import collections
import random
import sys
import threading
import time

import grpc

THREADS = 16
PAUSE_SECONDS = 0.02
DEADLINE_SECONDS = 5

target, config, ids, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ended = threading.Event()
mutex = threading.Lock()
calls = 0
slowest = 0.0
failures = collections.Counter()


def request(number):
    """A GetRequest with an id, in protobuf's encoding."""
    text = str(number).encode()
    return bytes([0x0A, len(text)]) + text


def call_on(get, numbers):
    global calls, slowest
    while not ended.is_set():
        began = time.monotonic()
        failure = None
        try:
            get(request(numbers.randint(1, ids)), timeout=DEADLINE_SECONDS)
        except grpc.RpcError as error:
            failure = f"{error.code().name} {error.details()}"
        took = time.monotonic() - began
        with mutex:
            calls += 1
            slowest = max(slowest, took)
            if failure:
                failures[failure] += 1
        ended.wait(PAUSE_SECONDS)


with open(config) as file:
    options = [("grpc.service_config", file.read()), ("grpc.max_reconnect_backoff_ms", 2_000)]
with grpc.insecure_channel(target, options) as channel:
    get = channel.unary_unary("/loadonce.v1.ResourceService/Get")
    threads = [
        threading.Thread(target=call_on, args=(get, random.Random(seed + i))) for i in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()

print("client grpcio", grpc.__version__)
print("calls", calls)
print("slowest", round(slowest * 1000))
for failure, count in failures.items():
    print("failed", count, failure)
