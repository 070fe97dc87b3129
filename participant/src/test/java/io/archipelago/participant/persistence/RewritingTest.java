package io.archipelago.participant.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RewritingTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final TimeWindow WINDOW = new TimeWindow(NOON, NOON.plusSeconds(60));

    @Test
    void leavesWhatStays() {
        Booking stays = booking("a", 2);
        Booking goes = booking("b", 2);
        Booking comes = booking("c", 2);

        assertThat(Rewriting.of(Map.of(1L, stays, 2L, goes), List.of(comes, stays)))
                .isEqualTo(new Rewriting(Set.of(1L), Map.of(), List.of(comes)));
    }

    @Test
    void makesLessOfARow() {
        assertThat(Rewriting.of(Map.of(1L, booking("a", 3)), List.of(booking("a", 2))))
                .isEqualTo(new Rewriting(Set.of(1L), Map.of(1L, booking("a", 2)), List.of()));
    }

    @Test
    void makesARowShorterAndWritesALongerOneAnew() {
        Booking row = booking("a", 2);
        Booking shorter = during(new TimeWindow(NOON, NOON.plusSeconds(59)));
        Booking longer = during(new TimeWindow(NOON, NOON.plusSeconds(61)));

        assertThat(Rewriting.of(Map.of(1L, row), List.of(shorter)))
                .isEqualTo(new Rewriting(Set.of(1L), Map.of(1L, shorter), List.of()));
        assertThat(Rewriting.of(Map.of(1L, row), List.of(longer)))
                .isEqualTo(new Rewriting(Set.of(), Map.of(), List.of(longer)));
    }

    private static Booking during(TimeWindow window) {
        Booking row = booking("a", 2);
        return new Booking(row.allocation(), row.pool(), row.unit(), row.amounts(), window, null);
    }

    @Test
    void writesMoreAnew() {
        assertThat(Rewriting.of(Map.of(1L, booking("a", 2)), List.of(booking("a", 3))))
                .isEqualTo(new Rewriting(Set.of(), Map.of(), List.of(booking("a", 3))));
    }

    private static Booking booking(String pool, long amount) {
        return new Booking(
                AllocationId.parse("019357a0-0000-7000-8000-0000000000a1.tokyo"),
                pool,
                null,
                Amounts.of("memory", amount),
                WINDOW,
                null);
    }
}
