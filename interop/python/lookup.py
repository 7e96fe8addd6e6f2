"""Looks up one row, one missing id and a batch. Argument: HOST:PORT."""
import sys

import grpc
from errors import reason, status
from google.protobuf.json_format import MessageToJson
from loadonce.v1 import resource_service_pb2, resource_service_pb2_grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    service = resource_service_pb2_grpc.ResourceServiceStub(channel)

    found = service.Get(resource_service_pb2.GetRequest(lookup="default", id="2988507"), timeout=10)
    print("Get:", found.resource.data["name"])

    try:
        service.Get(resource_service_pb2.GetRequest(id="1"), timeout=10)
    except grpc.RpcError as error:
        print("Get:", reason(status(error)))

    request = resource_service_pb2.BatchGetRequest(ids=["2988507", "1"])
    batch = service.BatchGet(request, timeout=10)
    for result in batch.results:
        found = result.HasField("resource")
        print("BatchGet:", result.resource.data["name"] if found else reason(result.status))
    assert '"reason": "NOT_FOUND"' in MessageToJson(batch)

# A call that reaches no server has no status.
with grpc.insecure_channel("127.0.0.1:1") as channel:
    service = resource_service_pb2_grpc.ResourceServiceStub(channel)
    try:
        service.Get(resource_service_pb2.GetRequest(id="1"), timeout=10)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNAVAILABLE
        assert reason(status(error)) is None
