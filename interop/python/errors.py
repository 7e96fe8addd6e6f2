"""Reads the details of an error."""
from google.rpc import error_details_pb2, status_pb2


def reason(status):
    """The reason of a google.rpc.Status; None if it has none."""
    info = error_details_pb2.ErrorInfo()
    details = status.details if status else ()
    return next((info.reason for detail in details if detail.Unpack(info)), None)


def status(error):
    """The google.rpc.Status of a call that failed; None if no server sent one."""
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    return status_pb2.Status.FromString(details) if details else None
