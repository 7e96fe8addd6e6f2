package io.loadonce.bench.speed.drive;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * How many bytes all threads of another JVM have allocated: counted by that JVM, not sampled. A
 * reading allocates a little there too, which does not matter over a million calls.
 */
public final class AllocationMeter implements AutoCloseable {

  private final JMXConnector connector;
  private final ThreadMXBean threads;

  private AllocationMeter(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.threads =
        ManagementFactory.newPlatformMXBeanProxy(
            connector.getMBeanServerConnection(),
            ManagementFactory.THREAD_MXBEAN_NAME,
            ThreadMXBean.class);
  }

  /** Attaches to a JVM of the same user; the agent that this starts runs until that JVM ends. */
  @SuppressWarnings("BanJNDI")
  public static AllocationMeter attach(ProcessHandle jvm) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(jvm.pid()));
      try {
        // Not user input: the address comes from that JVM.
        JMXServiceURL address = new JMXServiceURL(machine.startLocalManagementAgent());
        return new AllocationMeter(JMXConnectorFactory.connect(address));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("process %d is no JVM of this kind".formatted(jvm.pid()), e);
    }
  }

  /** The bytes allocated since that JVM began. */
  public long allocatedBytes() {
    return threads.getTotalThreadAllocatedBytes();
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
