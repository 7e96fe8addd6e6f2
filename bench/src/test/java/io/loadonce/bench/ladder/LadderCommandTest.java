package io.loadonce.bench.ladder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the command says to a wrong command line. */
class LadderCommandTest {

  @ParameterizedTest
  @CsvSource({
    "--callers=0, callers must be 1 to 10000",
    "--ids=10001, ids must be 1 to 10000",
    "--callers-per-id=0, callers per id must be at least 1",
    "--load-ms=-1, the load must take 0 to 1000 ms",
    "--db-url=jdbc:mysql://127.0.0.1/x, the ladder stands on H2 and PostgreSQL only",
    "--caller=1, Unknown option: '--caller=1'"
  })
  void execute_wrongOption_exitsWithTwoAndNamesIt(String option, String problem) {
    StringWriter errors = new StringWriter();
    CommandLine command = new CommandLine(new LadderCommand()).setErr(new PrintWriter(errors));
    assertThat(command.execute(option)).isEqualTo(2);
    assertThat(errors.toString()).startsWith(problem);
  }
}
