package io.loadonce.client;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives each flag its twin in the environment: {@code --tls-ca} is {@code LOADONCE_TLS_CA}. */
final class EnvironmentDefaults implements IDefaultValueProvider {

  private final UnaryOperator<@Nullable String> environment;

  EnvironmentDefaults(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec flag && !flag.usageHelp()) {
      return environment.apply(twin(flag.longestName()));
    }
    return null;
  }

  /** The variable that stands for a flag. */
  static String twin(String flag) {
    return "LOADONCE_" + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
