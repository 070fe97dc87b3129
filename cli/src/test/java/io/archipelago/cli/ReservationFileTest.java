package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReservationFileTest {
    private static final Instant NOW = Instant.parse("2026-12-01T08:59:59.250Z");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-12-01T09:00:00",
                "2026-12-01",
                "2026-12-01 09:00:00",
                "2026-12-01T09:00:00+09:00",
                "4GiB",
                "4GB?",
                "1.5",
                "0x10",
                "010",
                "1_000",
                "1e3",
                "+5",
                "yes",
                "no",
                "on",
                "true",
                "12:30:45",
                ".inf"
            })
    void keepsAScalarAsItWasWritten(String written) {
        assertThat(value("name: " + written).isTextual()).isTrue();
        assertThat(value("name: " + written).textValue()).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "24", "-1", "100000", "123456789012345678901234567890"})
    void readsWholeNumbersAsNumbersUnlessTheyAreQuoted(String written) {
        assertThat(value("name: " + written).isIntegralNumber()).isTrue();
        assertThat(value("name: " + written)).hasToString(written);
        assertThat(value("name: '" + written + "'").textValue()).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "null"})
    void readsNothingAsNothing(String written) {
        assertThat(value("name: " + written).isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"now,2026-12-01T09:00:00Z", "+PT30S,2026-12-01T09:00:30Z", "+P1DT1H,2026-12-02T10:00:00Z"})
    void makesARelativeStartAnInstant(String start, String instant) {
        assertThat(start("window: { start: " + start + " }")).isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-12-01T09:00:00", "tomorrow", "+30S", "+PT", "Now", "+P999999999999D"})
    void leavesEveryOtherStartToTheSite(String start) {
        assertThat(start("window: { start: '" + start + "' }")).isEqualTo(start);
    }

    @Test
    void leavesAWindowOfAnotherKindToTheSite() {
        assertThat(read("f.yaml", "window: now").bodyAt(NOW)).hasToString("{\"window\":\"now\"}");
        assertThat(read("f.yaml", "window: { start: 5 }").bodyAt(NOW)).hasToString("{\"window\":{\"start\":5}}");
        assertThat(read("f.yaml", "name: x").bodyAt(NOW)).hasToString("{\"name\":\"x\"}");
    }

    @Test
    void readsJsonToo() {
        var file = read(
                "f.json", "{\n\t\"name\": \"x\",\n\t\"window\": {\"start\": \"now\"}, \"n\": 1.5, \"m\": [1, true]}");

        assertThat(file.bodyAt(NOW))
                .hasToString(
                        "{\"name\":\"x\",\"window\":{\"start\":\"2026-12-01T09:00:00Z\"},\"n\":1.5,\"m\":[1,true]}");
    }

    @Test
    void readsListsAndFindsTheLineOfAField() {
        var file = read("f.yaml", "\uFEFF# note\nsoftware:\n  os: debian-12\n  sets: [ slurm,\n    openmpi ]\n");

        assertThat(file.body()).hasToString("{\"software\":{\"os\":\"debian-12\",\"sets\":[\"slurm\",\"openmpi\"]}}");
        assertThat(file.whereabouts("software.os")).contains("line 3");
        assertThat(file.whereabouts("software.sets[1]")).contains("line 5");
        assertThat(file.whereabouts("software.kernel")).contains("below software, line 2");
        assertThat(file.whereabouts("name")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: 1\n\tb: 2'       | line 2, column 1: ",
                "'a: [1, 2'           | line 1, column 9: ",
                "'a: 1\na: 2'         | line 2, column 1: \"a\" is here for the second time",
                "'a:\n  b: {c: 1, c: 2}' | line 2, column 13: \"a.b.c\" is here for the second time",
                "'a: &x 1\nb: *x'     | line 2, column 4: aliases",
                "'a: 1\n---\nb: 2'    | line 2, column 1: a second document",
                "'{[a]: 1}'           | line 1, column 2: a key must be a plain word",
            })
    void saysWhereTheYamlIsWrong(String yaml, String complaint) {
        Failure failure = failure("f.yaml", yaml);

        assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure.text()).startsWith("f.yaml, " + complaint);
    }

    @Test
    void saysWhereTheJsonIsWrong() {
        assertThat(failure("f.json", "{\n  \"a\": }").text()).startsWith("f.json, line 2, column ");
        assertThat(failure("f.json", "{\"a\": 1, \"a\": 2}").text()).contains("Duplicate field 'a'");
        assertThat(failure("f.json", "{} {}").text()).startsWith("f.json, line 1, column ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "just words", "- a\n- b", "5"})
    void refusesAFileThatHoldsNoReservation(String content) {
        assertThat(failure("f.yaml", content).text()).startsWith("f.yaml is not a reservation");
    }

    @Test
    void refusesWhatIsNoTextFile() throws IOException {
        Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Files.createDirectory(directory.resolve("folder"));

        assertThat(failureOf("binary.yaml").text()).isEqualTo("binary.yaml is not UTF-8 text.");
        assertThat(failureOf("folder").text()).isEqualTo("folder is a directory; a file is needed.");
        assertThat(failure("f.yaml", "a: \u0001").text()).startsWith("f.yaml is not YAML");
        assertThat(failure("f.yaml", "[".repeat(10_000)).text()).contains("nested too deeply");
    }

    private JsonNode value(String yaml) {
        return read("f.yaml", yaml).body().path("name");
    }

    private String start(String yaml) {
        return read("f.yaml", yaml).bodyAt(NOW).at("/window/start").textValue();
    }

    private ReservationFile read(String name, String content) {
        new Terminal(directory).file(name, content);
        return ReservationFile.read(directory, name);
    }

    private Failure failure(String name, String content) {
        new Terminal(directory).file(name, content);
        return failureOf(name);
    }

    private Failure failureOf(String name) {
        return catchThrowableOfType(Failure.class, () -> ReservationFile.read(directory, name));
    }
}
