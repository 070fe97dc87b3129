package io.archipelago.reservation.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.testkit.Settings;
import io.archipelago.wire.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final ReservationId ID = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final Sites SITES = new Sites(TOKYO, Map.of(TOKYO, 1, new SiteId("osaka"), 2));
    private static final String GOOD = """
            {"name": "genome", "window": {"start": "+PT1H", "duration": "PT2H"},
             "machines": {"compute": {"count": 3, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;

    private final RequestReader reader = new RequestReader(Settings.of(ReservationConfig.class, Map.of()), SITES);

    @Test
    void readsSizesInAnyUnit() {
        Request request = read(GOOD.replace("4GiB", "1TiB").replace("20GiB", "2048MiB"));

        assertThat(request.compute().memoryBytes()).isEqualTo(1L << 40);
        assertThat(request.compute().diskBytes()).isEqualTo(2L << 30);
    }

    @Test
    void readsWhatLinksAreToHaveOfTheWan() {
        String network = "\"name\": \"genome\", \"network\": %s";
        String name = "\"name\": \"genome\"";

        assertThat(read(GOOD).bandwidth()).isNull();
        assertThat(read(GOOD.replace(name, network.formatted("{\"bandwidth\": \"100Mbit/s\"}")))
                        .bandwidth())
                .isEqualTo(100_000_000);
        for (String bandwidth : List.of("\"999kbit/s\"", "\"1001Gbit/s\"", "\"100MiB\"", "100", "null")) {
            assertThat(wrong(GOOD.replace(name, network.formatted("{\"bandwidth\": " + bandwidth + "}"))))
                    .containsExactly(new FieldError(
                            "network.bandwidth",
                            "bits per second such as 100Mbit/s or 1Gbit/s, from 1Mbit/s to 1000Gbit/s"));
        }
        assertThat(wrong(GOOD.replace(name, network.formatted("\"10.0.0.0/8\""))))
                .containsExactly(new FieldError("network", "an object"));
        assertThat(wrong(GOOD.replace(name, network.formatted("{\"prefix\": \"10.0.0.0/30\"}"))))
                .extracting(FieldError::field)
                .containsExactly("network.prefix");
    }

    @Test
    void readsHowSitesAreToBeChosen() {
        String policy = "\"name\": \"genome\", \"sites\": {\"policy\": \"%s\"}";
        String name = "\"name\": \"genome\"";

        assertThat(read(GOOD).policy()).isEqualTo(new SitePolicy.FewestSites());
        assertThat(read(GOOD.replace(name, policy.formatted("FEWEST_SITES"))).policy())
                .isEqualTo(new SitePolicy.FewestSites());
        assertThat(read(GOOD.replace(name, policy.formatted("SPREAD"))).policy())
                .isEqualTo(new SitePolicy.Spread());
        assertThat(read(GOOD.replace(name, policy.formatted("CHEAPEST"))).policy())
                .isEqualTo(new SitePolicy.Cheapest());
        assertThat(read(GOOD.replace(name, policy.formatted("NEAREST"))).policy())
                .isEqualTo(new SitePolicy.Nearest());
        assertThat(wrong(GOOD.replace(name, policy.formatted("spread"))))
                .containsExactly(new FieldError(
                        "sites.policy", "FEWEST_SITES, SPREAD, CHEAPEST or NEAREST; or name the sites with 'use'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"16777217TiB", "8388608TiB", "999999999TiB", "1025GiB", "0GiB"})
    void refusesASizeOutOfRangeHoweverLarge(String size) {
        assertThat(wrong(GOOD.replace("4GiB", size)))
                .containsExactly(new FieldError(
                        "machines.compute.memory", "a size such as 512MiB, 4GiB or 1TiB, from 128MiB to 1024GiB"));
    }

    @Test
    void takesAFieldThatIsLeftEmptyForNoDefault() {
        assertThat(wrong(GOOD.replace("\"4GiB\"", "null")))
                .extracting(FieldError::field)
                .containsExactly("machines.compute.memory");
        assertThat(wrong(GOOD.replace("\"machines\": {", "\"machines\": {\"frontend\": null, ")))
                .extracting(FieldError::field)
                .containsExactly("machines.frontend");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT9000000000000H", "PT-9000000000000H", "P32D", "PT0S", "PT99999999999999999999H", "long"})
    void refusesADurationOutOfRangeHoweverLong(String duration) {
        assertThat(wrong(GOOD.replace("PT2H", duration)))
                .extracting(FieldError::field)
                .containsExactly("window.duration");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+PT9000000000000H",
                "+PT8000000000000H",
                "+PT-9000000000000H",
                "+999999999-12-31T23:59:59-18:00",
                "-999999999-01-01T00:00:00+18:00"
            })
    void refusesAStartOutOfRangeHoweverFar(String start) {
        assertThat(wrong(GOOD.replace("+PT1H", start)))
                .extracting(FieldError::field)
                .containsExactly("window.start");
    }

    @Test
    void saysNothingOfAnEndThatOnlyDoesNotGoWithAWrongStart() {
        String window = "\"start\": \"%s\", \"end\": \"%s\"";
        for (String start : List.of("2036-12-01T09:00:00", "2036-12-01T09:00:00Z", "2020-12-01T09:00:00Z")) {
            for (String end : List.of("2036-12-05T18:00:00+09:00", "2020-01-01T00:00:00Z")) {
                assertThat(wrong(GOOD.replace(
                                "\"start\": \"+PT1H\", \"duration\": \"PT2H\"", window.formatted(start, end))))
                        .extracting(FieldError::field)
                        .containsExactly("window.start");
            }
        }
        assertThat(wrong(GOOD.replace(
                        "\"start\": \"+PT1H\", \"duration\": \"PT2H\"",
                        window.formatted("2036-12-01T09:00:00", "tomorrow"))))
                .extracting(FieldError::field)
                .containsExactly("window.start", "window.end");
    }

    @Test
    void measuresAnEndByTheStartThatWasWritten() {
        String window = "\"start\": \"2026-12-03T18:00:00+09:00\", \"end\": \"%s\"";

        assertThat(wrong(GOOD.replace(
                        "\"start\": \"+PT1H\", \"duration\": \"PT2H\"", window.formatted("2026-12-03T08:59:59Z"))))
                .containsExactly(new FieldError("window.end", "later than start, 2026-12-03T09:00:00Z"));
        assertThat(wrong(GOOD.replace(
                        "\"start\": \"+PT1H\", \"duration\": \"PT2H\"", window.formatted("2027-01-03T09:00:01Z"))))
                .containsExactly(new FieldError("window.end", "at most PT744H after start"));
    }

    /** What is booked is held against what is asked for: it must not be a little less. */
    @Test
    void readsInstantsAsTheDatabaseKeepsThem() {
        Request precise = read(GOOD.replace(
                "\"start\": \"+PT1H\", \"duration\": \"PT2H\"",
                "\"start\": \"2026-12-03T09:00:00.123456789Z\", \"duration\": \"PT1H0.000001999S\""));

        assertThat(precise.window())
                .isEqualTo(new TimeWindow(
                        Instant.parse("2026-12-03T09:00:00.123456Z"), Instant.parse("2026-12-03T10:00:00.123457Z")));
    }

    @Test
    void readsTheSoftwareAsked() {
        assertThat(read(withSoftware("{\"os\": \"debian-12\", \"sets\": [\"slurm\", \"gcc-13.2\"]}"))
                        .software())
                .isEqualTo(new Software("debian-12", List.of("slurm", "gcc-13.2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Debian", "a\\u0000b", "../etc", "a b"})
    void refusesAnOperatingSystemThatIsNoName(String os) {
        assertThat(wrong(withSoftware("{\"os\": \"" + os + "\"}")))
                .extracting(FieldError::field)
                .containsExactly("software.os");
        assertThat(wrong(withSoftware("{\"os\": \"" + "a".repeat(64) + "\"}")))
                .extracting(FieldError::field)
                .containsExactly("software.os");
    }

    @Test
    void boundsTheSoftwareSets() {
        String most = String.join(",", Collections.nCopies(64, "\"slurm\""));

        assertThat(read(withSoftware("{\"sets\": [" + most + "]}")).software().sets())
                .hasSize(64);
        for (String sets : List.of(most + ",\"slurm\"", "\"" + "a".repeat(64) + "\"", "1", "\"a\\u0000\"")) {
            assertThat(wrong(withSoftware("{\"sets\": [" + sets + "]}")))
                    .extracting(FieldError::field)
                    .containsExactly("software.sets");
        }
    }

    @Test
    void refusesMoreMachinesThanTheNetworkHasAddressesForAtAllSites() {
        String small = GOOD.replace("\"name\"", "\"network\": {\"prefix\": \"10.0.0.0/16\"}, \"name\"");

        assertThat(read(small.replace("\"count\": 3", "\"count\": 504"))
                        .compute()
                        .count())
                .isEqualTo(504);
        assertThat(wrong(small.replace("\"count\": 3", "\"count\": 505")))
                .containsExactly(new FieldError(
                        "machines.compute.count",
                        "at most 504, for which the network has addresses at the sites that this one knows"));
    }

    private static String withSoftware(String software) {
        return GOOD.replace("\"name\"", "\"software\": " + software + ", \"name\"");
    }

    private Request read(String body) {
        try {
            return reader.read(Json.mapper().readTree(body), ID, NOON);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What is wrong with a body, whatever was said of it. */
    private List<FieldError> wrong(String body) {
        Rejection rejection = catchThrowableOfType(Rejection.class, () -> read(body));
        assertThat(rejection.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        return rejection.errors();
    }
}
