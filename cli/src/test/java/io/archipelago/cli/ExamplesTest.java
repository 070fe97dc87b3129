package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples are read as meant; whether they are granted is for the site to say. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @Test
    void theExampleOverTwoSitesAsksForMoreHostsThanOneSiteHas() {
        var body = ReservationFile.read(EXAMPLES, "two-sites.yaml").bodyAt(Terminal.NOW);

        assertThat(body).hasToString("""
                {"name":"genome-assembly","window":{"start":"2026-12-01T00:00:00Z","duration":"PT1H"},\
                "machines":{"compute":{"count":24,"cpus":2,"memory":"4GiB","disk":"20GiB","maxPerHost":1}},\
                "sites":{"policy":"FEWEST_SITES"},"software":{"os":"debian-12","sets":["slurm"]}}""");
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyExampleCanBeRead(Path example) {
        assertThat(ReservationFile.read(EXAMPLES, example.toString()).body().has("name"))
                .isTrue();
    }

    static Stream<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .map(EXAMPLES::relativize)
                    .sorted()
                    .toList()
                    .stream();
        }
    }
}
