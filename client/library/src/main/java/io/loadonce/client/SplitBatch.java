package io.loadonce.client;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Reads a batch in parts at once, each from the instance that comes first for its keys. */
final class SplitBatch {

  private final Channel channel;
  private final Affinity affinity;
  private final ReadOptions options;

  SplitBatch(Channel channel, Affinity affinity, ReadOptions options) {
    this.channel = channel;
    this.affinity = affinity;
    this.options = options;
  }

  /**
   * Blocks. If the call for a part fails, each of its keys has failed.
   *
   * @param parts the positions of the keys, part by part
   * @return one result for each key, in the order of the keys
   * @throws LoadonceException if the calls for all parts fail
   */
  List<BatchResult> get(List<RowKey> keys, List<List<Integer>> parts) {
    List<Future<BatchGetResponse>> calls = new ArrayList<>();
    for (List<Integer> part : parts) {
      calls.add(send(part.stream().map(keys::get).toList()));
    }
    BatchResult[] results = new BatchResult[keys.size()];
    int failed = 0;
    for (int i = 0; i < parts.size(); i++) {
      List<Integer> part = parts.get(i);
      try {
        BatchGetResponse reply = await(calls.get(i));
        for (int j = 0; j < part.size(); j++) {
          int position = part.get(j);
          results[position] = ResourceClient.result(keys.get(position), reply.getResults(j));
        }
      } catch (LoadonceException failure) {
        failed++;
        if (failed == parts.size() || Thread.currentThread().isInterrupted()) {
          calls.forEach(call -> call.cancel(/* mayInterruptIfRunning= */ true));
          throw failure;
        }
        part.forEach(at -> results[at] = new BatchResult.Failed(keys.get(at), failure));
      }
    }
    return List.copyOf(Arrays.asList(results));
  }

  private Future<BatchGetResponse> send(List<RowKey> keys) {
    return affinity
        .route(ResourceServiceGrpc.newFutureStub(channel), keys)
        .batchGet(Requests.batchGet(keys, options));
  }

  private static BatchGetResponse await(Future<BatchGetResponse> call) {
    try {
      return call.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LoadonceException.of(
          Status.CANCELLED.withDescription("the thread was interrupted").asRuntimeException());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException failure) {
        throw LoadonceException.of(failure);
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
