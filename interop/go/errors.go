package main

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"loadonce.io/loadonce/v1"
)

// name returns the column "name" of a row.
func name(row *loadoncev1.Resource) string {
	return row.GetData().GetFields()["name"].GetStringValue()
}

// reason returns the reason of a status.
func reason(failed *status.Status) string {
	for _, detail := range failed.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}
