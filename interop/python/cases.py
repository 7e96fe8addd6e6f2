"""Makes the calls of expected.txt and prints what came back.

Arguments: the addresses of an instance, of one to stop and of one with TLS and tokens; the process id
of the one to stop; the files of the certificate, of the token and of the service config.
"""
import os
import signal
import sys
import time

import grpc
from errors import reason, status
from google.rpc import error_details_pb2
from loadonce.v1 import resource_service_pb2, resource_service_pb2_grpc

staying, going, secure, pid, certificate, token, config = sys.argv[1:]
GetRequest = resource_service_pb2.GetRequest
PARIS = GetRequest(lookup="default", id="2988507")


def service(channel):
    return resource_service_pb2_grpc.ResourceServiceStub(channel)


def read(file):
    with open(file, "rb") as opened:
        return opened.read()


def slow(millis):
    return GetRequest(lookup="slow", id=str(millis))


def name(row):
    return row.data["name"]


def retry_info(details):
    return any(it.Is(error_details_pb2.RetryInfo.DESCRIPTOR) for it in details)


def failure(error):
    found = status(error)
    words = [error.code().name, reason(found), retry_info(found.details) and "RetryInfo" if found else None]
    return " ".join(word for word in words if word)


def outcome(future):
    try:
        return name(future.result().resource)
    except grpc.RpcError as error:
        return failure(error)


def get(stub, request, timeout=30, metadata=()):
    return outcome(stub.Get.future(request, timeout=timeout, metadata=metadata))


def batch(stub):
    results = stub.BatchGet(resource_service_pb2.BatchGetRequest(ids=["2988507", "1"]), timeout=30).results
    return ", ".join(
        name(it.resource) if it.HasField("resource") else reason(it.status) for it in results
    )


def deadline(stub):
    began = time.monotonic()
    ended = get(stub, slow(9000), timeout=0.3).split()[0]
    return f"{ended}, {'in time' if time.monotonic() - began < 5 else 'late'}"


def cancel(stub):
    call = stub.Get.future(slow(9000), timeout=30)
    get(stub, PARIS)
    call.cancel()
    return f"{call.code().name}, then {get(stub, PARIS)}"


def details(stub):
    calls = [stub.Get.future(slow(1000), timeout=30) for _ in range(2)]
    return ", ".join(sorted(map(outcome, calls), reverse=True))


def over_tls(trust, metadata):
    with grpc.secure_channel(secure, grpc.ssl_channel_credentials(trust)) as channel:
        return get(service(channel), PARIS, metadata=metadata)


def alive():
    try:
        os.kill(int(pid), 0)
        return True
    except ProcessLookupError:
        return False


def drain():
    """Stops one of two instances under calls."""
    options = [("grpc.service_config", read(config).decode()), ("grpc.max_reconnect_backoff_ms", 2_000)]
    answers = set()
    with grpc.insecure_channel(f"ipv4:{staying},{going}", options) as channel:
        stub = service(channel)

        def calls(count):
            request = GetRequest(lookup="instance", id="1")
            futures = [stub.Get.future(request, timeout=30) for _ in range(count)]
            last = set(map(outcome, futures))
            answers.update(last)
            return last

        while not {"staying", "going"} <= answers:
            calls(1)
        os.kill(int(pid), signal.SIGTERM)
        while alive():
            calls(16)
        last = calls(16)
    failed = answers - {"staying", "going"}
    return f"{', '.join(failed) or 'no call failed'}, then {', '.join(last)}"


with grpc.insecure_channel(staying) as channel:
    stub = service(channel)
    print("found:", get(stub, PARIS))
    print("missing:", get(stub, GetRequest(lookup="default", id="1")))
    print("bad id:", get(stub, GetRequest(lookup="default", id="Paris")))
    print("batch:", batch(stub))
    print("deadline:", deadline(stub))
    print("cancel:", cancel(stub))
    print("details:", details(stub))
bearer = (("authorization", f"Bearer {read(token).decode().strip()}"),)
trusted = read(certificate)
print("TLS:", f"{over_tls(trusted, bearer)}, without trust {over_tls(None, bearer)}")
print("token:", f"{over_tls(trusted, bearer)}, without token {over_tls(trusted, ())}")
print("drain:", drain())
