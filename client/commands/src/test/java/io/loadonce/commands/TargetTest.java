package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {

  @Test
  void instances_severalAddressesOfOneVersion_areSeveral() throws UnknownHostException {
    assertThat(Target.instances(addresses("10.0.0.1"))).isEqualTo(1);
    assertThat(Target.instances(addresses("10.0.0.1", "fd00::1"))).isEqualTo(1);
    assertThat(Target.instances(addresses("10.0.0.1", "10.0.0.2", "fd00::1"))).isEqualTo(2);
    assertThat(Target.instances(addresses("fd00::1", "fd00::2"))).isEqualTo(2);
    assertThat(Target.instances(List.of())).isZero();
  }

  @Test
  void requireAdmins_notOneForEachInstance_isRefused() {
    assertThatCode(() -> Target.of("localhost:1,[::1]:2").requireAdmins(2))
        .doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.of("localhost:1,[::1]:2").requireAdmins(1))
        .withMessageStartingWith("--target names 2 instances but --admin 1; name all");
  }

  private static List<InetAddress> addresses(String... all) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String each : all) {
      addresses.add(InetAddress.getByName(each));
    }
    return addresses;
  }
}
