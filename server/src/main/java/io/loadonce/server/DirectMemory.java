package io.loadonce.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.request.ConnectionLimits;
import io.loadonce.server.settings.Setting;
import java.lang.management.ManagementFactory;

/** The memory outside the heap, into which replies are copied. */
final class DirectMemory {

  private DirectMemory() {}

  /** Replies are copied into direct memory. The default is small enough for serve.options. */
  static void require(long replyBytes) {
    if (replyBytes <= ConnectionLimits.DEFAULT_REPLY_BYTES) {
      return;
    }
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long set = Long.parseLong(jvm.getVMOption("MaxDirectMemorySize").getValue());
    long directBytes = set == 0 ? Runtime.getRuntime().maxMemory() : set;
    if (replyBytes > directBytes / 2) {
      throw new InvalidSettingException(
          Setting.MAX_REPLY_BYTES.key(),
          "is %d, and must be at most half of the direct memory, which has %d bytes; raise"
                  .formatted(replyBytes, directBytes)
              + " -XX:MaxDirectMemorySize in LOADONCE_JAVA_OPTS");
    }
  }
}
