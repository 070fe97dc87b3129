package io.archipelago.bench.booking;

import io.archipelago.bench.booking.Clusters.Size;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.placement.domain.PlacementLogic;
import io.archipelago.placement.domain.SitePlanner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;

/** A site's placement in memory: it decides by the same classes as the service, about what is kept here instead of in a database. */
final class Site {

    static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");
    /** Over which what is booked at first is spread. */
    static final Duration AHEAD = Duration.ofDays(10);

    static final long GIB = 1L << 30;
    static final long MIB = 1L << 20;

    private static final int CPUS = 64;
    private static final long MEMORY = 256 * GIB;
    /** Of a host. */
    static final Size SIZE = new Size(CPUS, MEMORY / MIB);

    private static final int LEAST_CPUS = 16;
    private static final int MOST_CPUS = 48;
    private static final int MOST_HOURS = 48;
    /** As many as the service tells by default. */
    private static final int ADVERTISED_CHANGES = 32;

    private static final ParticipantProtocol.Terms TERMS = new ParticipantProtocol.Terms(
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));

    private final SiteId id;
    private final int number;
    private final List<Pool> hosts;
    private final List<Booking> bookings;
    private final ParticipantProtocol protocol = new ParticipantProtocol(new PlacementLogic(), TERMS);
    private final SitePlanner planner;
    private Availability availability;

    private Site(SiteId id, int number, List<Pool> hosts, List<Booking> bookings) {
        this.id = id;
        this.number = number;
        this.hosts = hosts;
        this.bookings = bookings;
        this.planner = new SitePlanner(id, protocol::booked, null, Duration.ofMinutes(5));
        this.availability = Availability.of(hosts).with(bookings);
    }

    /**
     * A site of equal hosts, of which something is booked already: each booking takes a quarter to three quarters of one host's processors for
     * up to two days.
     *
     * @param number of the site, 1 to 255
     * @param bookings how many there are on all hosts together
     */
    static Site of(int number, int hosts, int bookings, SplittableRandom random) {
        SiteId id = new SiteId("site" + number);
        List<Pool> pools = new ArrayList<>();
        for (int host = 1; host <= hosts; host++) {
            pools.add(PlacementLogic.pool(new HostId("%s-c%04d".formatted(id, host)), CPUS, MEMORY, true));
        }
        List<Booking> booked = new ArrayList<>();
        Availability free = Availability.of(pools);
        while (booked.size() < bookings) {
            Booking booking = draw(id, pools.get(random.nextInt(hosts)), random);
            Pool pool = free.pool(booking.pool()).orElseThrow();
            if (free.hasRoom(pool, booking.amounts(), booking.during())) {
                free = free.with(List.of(booking));
                booked.add(booking);
            }
        }
        return new Site(id, number, pools, booked);
    }

    private static Booking draw(SiteId site, Pool host, SplittableRandom random) {
        Instant start = BEGIN.plusSeconds(random.nextLong(AHEAD.toSeconds()));
        int cpus = random.nextInt(LEAST_CPUS, MOST_CPUS + 1);
        return new Booking(
                new AllocationId(new ReservationId(new UUID(random.nextLong(), random.nextLong())), site),
                host.id(),
                null,
                Amounts.of("cpus", cpus, "memory", cpus * GIB),
                new TimeWindow(start, start.plus(Duration.ofHours(random.nextInt(1, MOST_HOURS + 1)))),
                null);
    }

    SiteId id() {
        return id;
    }

    int number() {
        return number;
    }

    /** What it tells its peers. */
    CapacityAdvertised advertise() {
        return planner.advertise(new Calendar(hosts, bookings, BEGIN), BEGIN, ADVERTISED_CHANGES);
    }

    PlacementMessage plan(PlanSites question, Map<SiteId, CapacityAdvertised> peers) {
        return planner.plan(question, calendar(), peers);
    }

    /**
     * What was said to a hold.
     *
     * @param bookings what was booked; none if it was refused
     * @param machines how many compute machines it could have instead, if it was refused
     */
    record Answer(List<Booking> bookings, int machines) {

        boolean isRefusal() {
            return bookings.isEmpty();
        }
    }

    /** Decides about a hold, and books it if it fits. */
    Answer hold(HoldAllocation command) {
        Answer answer = decide(command, calendar());
        availability = availability.with(answer.bookings());
        return answer;
    }

    /** The same decision, by a calendar that is drawn anew from all bookings for it, and books nothing. */
    Answer holdFromRows(HoldAllocation command) {
        return decide(command, new Calendar(hosts, bookings, BEGIN));
    }

    private Answer decide(HoldAllocation command, Calendar calendar) {
        PartDecision decision =
                protocol.onCommand(command, new PartView(null, calendar, List.of(), HostsDown.NONE), BEGIN);
        return decision.bookings() instanceof PartDecision.Book book
                ? new Answer(book.bookings(), 0)
                : new Answer(List.of(), machines(decision));
    }

    private static int machines(PartDecision refused) {
        return refused.answers().stream()
                .filter(AllocationRefused.class::isInstance)
                .map(answer -> ((AllocationRefused) answer).refusal().machines())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(0);
    }

    void giveBack(List<Booking> some) {
        availability = availability.without(some);
    }

    private Calendar calendar() {
        return new Calendar(availability, List.of(), BEGIN);
    }
}
