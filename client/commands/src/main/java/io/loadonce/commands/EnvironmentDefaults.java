package io.loadonce.commands;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Takes the default of each flag from the environment: {@code --tls-ca} is {@code LOADONCE_TLS_CA}.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {

  private final UnaryOperator<@Nullable String> environment;

  EnvironmentDefaults(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec flag && !flag.usageHelp() && !flag.versionHelp()) {
      return environment.apply(variable(flag.longestName()));
    }
    return null;
  }

  /** The variable that sets a flag. */
  private static String variable(String flag) {
    return "LOADONCE_" + flag.substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
