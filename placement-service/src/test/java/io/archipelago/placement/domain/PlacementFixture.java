package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hosts and bookings of tokyo at noon; the window is the hour after one o'clock. */
final class PlacementFixture {

    static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    static final TimeWindow WINDOW = new TimeWindow(NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(2)));
    static final SiteId TOKYO = new SiteId("tokyo");
    static final SiteId OSAKA = new SiteId("osaka");
    static final SiteId NAGOYA = new SiteId("nagoya");
    static final ReservationId RESERVATION = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    static final AllocationId ALLOCATION = new AllocationId(RESERVATION, TOKYO);

    private PlacementFixture() {}

    static HostId host(int number) {
        return new HostId("tokyo-c%02d".formatted(number));
    }

    static Pool host(int number, int cpus, long memory) {
        return PlacementLogic.pool(host(number), cpus, memory, true);
    }

    static Calendar calendar(List<Pool> hosts, Booking... bookings) {
        return new Calendar(hosts, Arrays.asList(bookings), NOON);
    }

    static Booking booking(int host, int cpus, long memory, TimeWindow during, @Nullable Instant heldUntil) {
        AllocationId other = new AllocationId(new ReservationId(new UUID(0x7000, 99)), TOKYO);
        return new Booking(
                other,
                host(host).value(),
                null,
                Amounts.of(PlacementLogic.CPUS, cpus, PlacementLogic.MEMORY, memory),
                during,
                heldUntil);
    }

    static MachineGroup compute(int count, int cpus, long memory, int maxPerHost) {
        return new MachineGroup(MachineRole.COMPUTE, 1, count, cpus, memory, 20, maxPerHost);
    }

    static MachineGroup frontend(int cpus, long memory) {
        return new MachineGroup(MachineRole.FRONTEND, 4093, 1, cpus, memory, 40, 1);
    }
}
