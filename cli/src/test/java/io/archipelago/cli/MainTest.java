package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private static final String ONE = "GET " + FakeSite.RESERVATIONS + "/" + Bodies.ID;

    private final FakeSite site = new FakeSite();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        site.close();
    }

    @ParameterizedTest
    @CsvSource({"400,2", "401,5", "403,5", "404,4", "409,3", "422,2", "429,1", "500,1", "502,7", "503,7", "504,7"})
    void eachStatusHasItsExitCode(int status, int exitCode) {
        site.answers(
                ONE, Answer.problem(status, "{\"status\":%d,\"detail\":\"No.\",\"code\":\"c\"}".formatted(status)));

        var result = Terminal.signedOnAt(site, directory).vc("show", Bodies.ID);

        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.err()).startsWith("vc: No.\n").contains("(status " + status + ", code c)");
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"404,There is no such reservation.,4", "500,The site could not answer.,1", "503,The site is not ready,7"
    })
    void anAnswerWithoutAProblemIsAlsoPutIntoWords(int status, String words, int exitCode) {
        site.answers(ONE, new Answer(status, "text/html", "<html>", Map.of()));

        var result = Terminal.signedOnAt(site, directory).vc("show", Bodies.ID);

        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.err()).startsWith("vc: " + words);
    }

    @Test
    void anAnswerThatIsNotJsonIsAFault() {
        site.answers(ONE, new Answer(200, "text/html", "<html>", Map.of()));

        var result = Terminal.signedOnAt(site, directory).vc("show", Bodies.ID);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("not JSON");
    }

    @Test
    void wrongUsageExitsWithTwoAndPointsToTheHelp() {
        var terminal = new Terminal(directory);

        assertThat(terminal.vc().exitCode()).isEqualTo(2);
        assertThat(terminal.vc("sow", "x").err()).contains("show");
        assertThat(terminal.vc("show").err()).contains("./vc help show");
        assertThat(terminal.vc("show", "../x").exitCode()).isEqualTo(2);
        assertThat(terminal.vc("list", "--limit", "0").exitCode()).isEqualTo(2);
        assertThat(terminal.vc("list", "-o", "xml").exitCode()).isEqualTo(2);
        assertThat(terminal.vc("list", "--timeout", "soon").err()).contains("90s, 5m or PT1H");
        assertThat(terminal.vc("list", "--timeout", "0s").exitCode()).isEqualTo(2);
    }

    @Test
    void helpNamesEveryCommandAndEveryExitCode() {
        var result = new Terminal(directory).vc("help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("reserve", "list", "show", "accept", "cancel", "watch", "demo", "up, down, status, logs");
        for (ExitCode code : ExitCode.values()) {
            assertThat(result.out()).contains(code.number() + "   ");
        }
    }

    @Test
    void helpOfACommandNamesItsOptionsAndTheGlobalOnes() {
        var result = new Terminal(directory).vc("help", "reserve");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("--wait", "--idempotency-key", "--timeout", "--site", "--output", "FILE");
    }

    @Test
    void everyCommandExplainsItselfWithoutASite() {
        for (String command : List.of("reserve", "list", "show", "accept", "cancel", "watch", "demo")) {
            var result = new Terminal(directory).vc(command, "--help");

            assertThat(result.exitCode()).isZero();
            assertThat(result.out()).startsWith("Usage: ./vc " + command);
        }
    }

    @Test
    void theDocumentationGivesEveryExitCodeItsMeaning() throws IOException {
        String documentation = Files.readString(Path.of("..", "docs", "command-line.md"));

        for (ExitCode code : ExitCode.values()) {
            assertThat(documentation).contains("| " + code.number() + " | " + code.meaning() + " |");
        }
    }
}
