package io.loadonce.server.tier;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * A connection of one worker, over which commands are sent together and answered in order. For one
 * thread, except for {@link #abort}.
 */
final class RedisConnection implements AutoCloseable {
  private final Connection connection;
  private final String runId;
  private final Map<Script, byte[]> scripts;
  private final Map<Space, String> epochKeys = new HashMap<>();

  /**
   * @param runId of the process of Redis behind this connection
   * @param scripts the names of the scripts, which are loaded
   */
  RedisConnection(Connection connection, String runId, Map<Script, byte[]> scripts) {
    this.connection = connection;
    this.runId = runId;
    this.scripts = Map.copyOf(scripts);
  }

  /** Returns the key of the epoch of a space, as this process of Redis has it. */
  String epochKey(Space space) {
    return epochKeys.computeIfAbsent(space, each -> each.epochKey(runId));
  }

  /** Sends a script; its answer is one of the next {@link #answers}. */
  void run(Script script, List<String> keys, byte[]... arguments) {
    byte[][] all = new byte[2 + keys.size() + arguments.length][];
    all[0] = Objects.requireNonNull(scripts.get(script));
    all[1] = bytes(Integer.toString(keys.size()));
    for (int i = 0; i < keys.size(); i++) {
      all[2 + i] = bytes(keys.get(i));
    }
    System.arraycopy(arguments, 0, all, 2 + keys.size(), arguments.length);
    connection.sendCommand(Command.EVALSHA, all);
  }

  void publish(String channel, byte[] message) {
    connection.sendCommand(Command.PUBLISH, bytes(channel), message);
  }

  /** Sets a key that Redis removes by itself. */
  void setFor(String key, long millis) {
    connection.sendCommand(
        Command.SET, bytes(key), bytes("1"), bytes("PX"), bytes(Long.toString(millis)));
  }

  void remove(String key) {
    connection.sendCommand(Command.DEL, bytes(key));
  }

  /**
   * Waits for so many answers. An error of Redis is an answer, of type {@link
   * redis.clients.jedis.exceptions.JedisDataException}.
   *
   * @throws redis.clients.jedis.exceptions.JedisException if the connection is lost, or if an
   *     answer does not come in time
   */
  List<Object> answers(int count) {
    return connection.getMany(count);
  }

  /** Closes the socket, so that a call which blocks fails. For any thread. */
  void abort() {
    RedisConnector.close(connection);
  }

  @Override
  public void close() {
    abort();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
