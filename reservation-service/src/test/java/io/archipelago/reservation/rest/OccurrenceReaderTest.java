package io.archipelago.reservation.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.testkit.Settings;
import io.archipelago.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows that repeat, in zones whose clocks are put forward and back. */
class OccurrenceReaderTest {

    private static final Instant NOW = Instant.parse("2027-03-01T00:00:00Z");
    private static final ReservationId ID = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    private static final SiteId TOKYO = new SiteId("tokyo");

    private final RequestReader reader =
            new RequestReader(Settings.of(ReservationConfig.class, Map.of()), new Sites(TOKYO, Map.of(TOKYO, 1)));

    @Test
    void comesByTheClockOfItsZone() {
        assertThat(starts("2027-03-22T09:00:00+01:00", "PT2H", "FREQ=WEEKLY;COUNT=3", "Europe/Berlin"))
                .as("nine o'clock in Berlin, before and after the 28th, when clocks are put forward there")
                .containsExactly("2027-03-22T08:00:00Z", "2027-03-29T07:00:00Z", "2027-04-05T07:00:00Z");
        assertThat(starts("2027-03-22T09:00:00+01:00", "PT2H", "FREQ=WEEKLY;COUNT=3", "UTC"))
                .containsExactly("2027-03-22T08:00:00Z", "2027-03-29T08:00:00Z", "2027-04-05T08:00:00Z");
    }

    @Test
    void takesATimeThatIsPassedOverByTheClockOfBefore() {
        assertThat(starts("2027-03-27T02:30:00+01:00", "PT2H", "FREQ=DAILY;COUNT=3", "Europe/Berlin"))
                .containsExactly("2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z");
    }

    @Test
    void takesTheFirstOfATimeThatComesTwice() {
        assertThat(starts("2027-10-30T02:30:00+02:00", "PT2H", "FREQ=DAILY;COUNT=3", "Europe/Berlin"))
                .containsExactly("2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z");
    }

    @Test
    void lastsAsLongAsTheFirstWhateverTheClocksDo() {
        List<Request> days = read("2027-03-27T12:00:00+01:00", "PT22H", "FREQ=DAILY;COUNT=2", "Europe/Berlin");

        assertThat(days)
                .allSatisfy(day -> assertThat(Duration.between(
                                day.window().start(), day.window().end()))
                        .isEqualTo(Duration.ofHours(22)));
    }

    @Test
    void endsWithItsLastDay() {
        assertThat(starts("2027-03-01T10:00:00Z", "PT1H", "FREQ=DAILY;UNTIL=20270303T100000Z", "Asia/Tokyo"))
                .hasSize(3);
        assertThat(starts("2028-02-28T10:00:00Z", "PT1H", "FREQ=DAILY;COUNT=3", "UTC"))
                .as("over the leap day")
                .containsExactly("2028-02-28T10:00:00Z", "2028-02-29T10:00:00Z", "2028-03-01T10:00:00Z");
    }

    @Test
    void asksForTheSameEachTime() {
        List<Request> weeks = read("2027-03-01T10:00:00Z", "PT1H", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", "Asia/Tokyo");

        assertThat(weeks).hasSize(4);
        assertThat(weeks)
                .extracting(Request::compute)
                .containsOnly(weeks.getFirst().compute());
        assertThat(weeks).extracting(Request::name).containsOnly("night-run");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FREQ=DAILY|UTC|PT1H|window.repeat|a rule as in RFC 5545 with COUNT or UNTIL",
                "daily|UTC|PT1H|window.repeat|a rule as in RFC 5545 with COUNT or UNTIL",
                "RRULE:FREQ=DAILY;COUNT=2|UTC|PT1H|window.repeat|a rule as in RFC 5545",
                "FREQ=DAILY;COUNT=54|UTC|PT1H|window.repeat|a rule for at most 53 windows",
                "FREQ=SECONDLY;COUNT=100000000|UTC|PT1S|window.repeat|a rule for at most 53 windows",
                "FREQ=YEARLY;COUNT=3|UTC|PT1H|window.repeat|a rule by which the last window starts at most PT8784H",
                "FREQ=DAILY;UNTIL=20270201T000000Z|UTC|PT1H|window.repeat|a rule by which the window comes at least once",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1|UTC|PT1H|window.repeat|a rule",
                "FREQ=DAILY;COUNT=2|Mars/Olympus|PT1H|window.zone|the name of a time zone",
                "FREQ=DAILY;COUNT=2|+09:00|PT1H|window.zone|the name of a time zone",
                "FREQ=DAILY;COUNT=2|UTC|PT24H1S|window.duration|no longer than until the next window",
                "FREQ=DAILY;COUNT=2|UTC|PT0S|window.duration|longer than nothing"
            })
    void saysWhatIsWrongWithARule(String rule, String zone, String duration, String field, String allowed) {
        Rejection rejection =
                catchThrowableOfType(Rejection.class, () -> read("2027-03-02T10:00:00Z", duration, rule, zone));

        assertThat(rejection.errors()).extracting(FieldError::field).containsExactly(field);
        assertThat(rejection.errors().getFirst().message()).startsWith(allowed);
    }

    private Stream<String> starts(String start, String duration, String rule, String zone) {
        return read(start, duration, rule, zone).stream()
                .map(request -> request.window().start().toString());
    }

    private List<Request> read(String start, String duration, String rule, String zone) {
        String body = """
                {"name": "night-run",
                 "window": {"start": "%s", "duration": "%s", "repeat": "%s", "zone": "%s"},
                 "machines": {"compute": {"count": 3}}}
                """.formatted(start, duration, rule, zone);
        Instant now = Instant.parse(start.endsWith("Z") ? start : "2027-03-01T00:00:00Z")
                .minusSeconds(86_400);
        try {
            return reader.readSeries(Json.mapper().readTree(body), ID, now.isBefore(NOW) ? NOW : now);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
