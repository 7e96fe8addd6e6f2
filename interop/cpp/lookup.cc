// Uses the generated C++ classes on a batch of its own, and makes no call.
#include <iostream>

#include "google/rpc/error_details.pb.h"
#include "loadonce/v1/resource_service.pb.h"

// The column "name" of a row.
std::string Name(const loadonce::v1::Resource& row) {
  return row.data().fields().at("name").string_value();
}

// The reason of a google.rpc.Status.
std::string Reason(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

int main() {
  google::rpc::ErrorInfo missing;
  missing.set_reason("NOT_FOUND");
  loadonce::v1::BatchGetResponse sent;
  auto& columns = *sent.add_results()->mutable_resource()->mutable_data()->mutable_fields();
  columns["name"].set_string_value("Paris");
  sent.add_results()->mutable_status()->add_details()->PackFrom(missing);

  loadonce::v1::BatchGetResponse batch;
  batch.ParseFromString(sent.SerializeAsString());
  for (const auto& result : batch.results()) {
    std::cout << "BatchGet: "
              << (result.has_resource() ? Name(result.resource()) : Reason(result.status()))
              << "\n";
  }
}
