package io.archipelago.reservation.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.testkit.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each of the bad examples is refused for the reason that it is there to show, and for no other, today and in years. */
class BadExamplesTest {

    private static final Path BAD = Path.of("..", "examples", "bad");
    private static final Instant TODAY = Instant.parse("2026-12-01T12:00:00Z");
    private static final ReservationId ID = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    private static final SiteId TOKYO = new SiteId("tokyo");

    private final RequestReader reader = new RequestReader(
            Settings.of(ReservationConfig.class, Map.of()), new Sites(TOKYO, Map.of(TOKYO, 1, new SiteId("osaka"), 2)));

    @Test
    void eachIsRefusedForItsReason() throws IOException {
        for (int years = 0; years < 20; years += 5) {
            Instant now = TODAY.plus(Duration.ofDays(365L * years));

            assertThat(refusals(now))
                    .isEqualTo(
                            new TreeMap<>(
                                    Map.of(
                                            "bad-memory.yaml",
                                                    new FieldError(
                                                            "machines.compute.memory",
                                                            "a size such as 512MiB, 4GiB or 1TiB, from 128MiB to 1024GiB"),
                                            "end-before-start.yaml",
                                                    new FieldError("window.end", "later than start, " + now),
                                            "instant-without-offset.yaml",
                                                    new FieldError(
                                                            "window.start",
                                                            "an instant with an offset, such as 2026-12-01T09:00:00+09:00 or"
                                                                    + " 2026-12-01T00:00:00Z, or now, or +PT30S"),
                                            "missing-end.yaml",
                                                    new FieldError(
                                                            "window.end",
                                                            "either 'end', an instant with an offset, or 'duration', such as PT4H"),
                                            "no-nodes.yaml",
                                                    new FieldError(
                                                            "machines.compute.count", "a whole number from 1 to 1000"),
                                            "too-many-nodes.yaml",
                                                    new FieldError(
                                                            "machines.compute.count", "a whole number from 1 to 1000"),
                                            "unknown-field.yaml",
                                                    new FieldError(
                                                            "colour",
                                                            "unknown field; allowed here: name, window, machines, sites, software, network"))));
        }
    }

    /** The one thing that is wrong with each; nothing is stored of what cannot be read. */
    private Map<String, FieldError> refusals(Instant now) throws IOException {
        Map<String, FieldError> refusals = new TreeMap<>();
        try (Stream<Path> files = Files.list(BAD)) {
            for (Path file : files.toList()) {
                JsonNode body = new YAMLMapper().readTree(Files.readString(file));
                Rejection rejection = catchThrowableOfType(Rejection.class, () -> reader.read(body, ID, now));
                assertThat(rejection.errors()).as(file.toString()).hasSize(1);
                refusals.put(file.getFileName().toString(), rejection.errors().getFirst());
            }
        }
        return refusals;
    }
}
