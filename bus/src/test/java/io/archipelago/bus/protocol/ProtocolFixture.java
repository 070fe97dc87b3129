package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantProtocol.Terms;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One allocation of one participant whose part is two disks and their volumes, at noon, when what is booked for its window begins. */
final class ProtocolFixture {

    static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    static final TimeWindow WINDOW = new TimeWindow(NOON.plusSeconds(300), NOON.plusSeconds(3900));
    static final Duration HOLD_FOR = Duration.ofSeconds(60);
    static final Terms TERMS = new Terms(
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2));

    static final TimeWindow BOOKED = WINDOW.widened(TERMS.lead(), TERMS.turnRound());

    static final SiteId SITE = new SiteId("tokyo");
    static final AllocationId ALLOCATION = allocation("019357a0-0000-7000-8000-0000000000a1");
    static final AllocationId OTHER = allocation("019357a0-0000-7000-8000-0000000000b2");
    static final HostId COMPUTE = new HostId("tokyo-c01");
    static final HostId STORAGE = new HostId("tokyo-s01");

    static final Pool POOL = new Pool("pool", Amounts.of("bytes", 10), null, true, Map.of());
    static final Facts.Chosen CHOSEN = new Facts.Pool(STORAGE, "vg0", "10.254.1.1:3260");
    static final Refusal FULL = Refusal.of(ErrorCode.NO_CAPACITY, "volume space", "the pool is full");
    static final Facts.OfSite FACTS =
            Facts.OfSite.unknown().with(CHOSEN).with(new Facts.Hosts(Map.of(1, COMPUTE, 2, COMPUTE, 3, COMPUTE)));
    static final Facts.OfCluster CLUSTER = new Facts.OfCluster(
            List.of(new Facts.Shared(
                    SITE,
                    1,
                    List.of(machines(2)),
                    101,
                    new Facts.Endpoint(
                            "203.0.113.1", 20001, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                    1420)),
            1420);

    /** The sequence of the command that brought a part into its state. */
    static final long SEQUENCE = 5;

    private ProtocolFixture() {}

    static ParticipantProtocol protocol() {
        return new ParticipantProtocol(new Disks(), TERMS);
    }

    static AllocationSpec spec() {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                SITE,
                List.of(),
                WINDOW,
                List.of(machines(2)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
    }

    private static MachineGroup machines(int count) {
        return new MachineGroup(MachineRole.COMPUTE, 1, count, 1, 1, 1, 2);
    }

    static Lease lease() {
        return new Lease(ALLOCATION, spec(), FACTS, CLUSTER, BOOKED);
    }

    static HoldAllocation hold(long sequence) {
        return new HoldAllocation(
                ALLOCATION, sequence, Set.of(Participant.STORAGE), spec(), Facts.OfSite.unknown(), HOLD_FOR);
    }

    static HoldAllocation holdOfOthers(long sequence) {
        return new HoldAllocation(
                ALLOCATION, sequence, Set.of(Participant.CACHE), spec(), Facts.OfSite.unknown(), HOLD_FOR);
    }

    static ConfirmAllocation confirm(long sequence) {
        return new ConfirmAllocation(ALLOCATION, sequence, FACTS, CLUSTER);
    }

    static DeployAllocation deploy(long sequence) {
        return deploy(sequence, spec());
    }

    static DeployAllocation deploy(long sequence, AllocationSpec spec) {
        return new DeployAllocation(ALLOCATION, sequence, spec, FACTS, CLUSTER);
    }

    /** With one machine more. */
    static ExtendAllocation extend(long sequence) {
        return new ExtendAllocation(ALLOCATION, sequence, spec().with(List.of(machines(3))));
    }

    static ReleaseAllocation release(long sequence) {
        return new ReleaseAllocation(ALLOCATION, sequence);
    }

    /** The states of a part. */
    static List<Class<?>> states() {
        return leaves(Part.class).toList();
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(ProtocolFixture::leaves)
                : Stream.of(type);
    }

    static Part.Held held() {
        return new Part.Held(ALLOCATION, SEQUENCE, spec(), CHOSEN, 1, NOON.plus(HOLD_FOR), false);
    }

    static Part.Refused refused() {
        return new Part.Refused(ALLOCATION, SEQUENCE, FULL);
    }

    static Part.Confirmed confirmed() {
        return new Part.Confirmed(SEQUENCE, lease(), null);
    }

    static Part.Deploying deploying(Progress progress) {
        return new Part.Deploying(SEQUENCE, lease(), progress, Set.of(), null, null, null);
    }

    static Part.Deploying waiting() {
        return new Part.Deploying(
                SEQUENCE, lease(), Progress.WAITING, Set.of(OTHER), NOON.plus(TERMS.lookAgain()), null, null);
    }

    static Part.Releasing releasing() {
        return new Part.Releasing(ALLOCATION, SEQUENCE);
    }

    static Part.Released released() {
        return new Part.Released(ALLOCATION, SEQUENCE);
    }

    /** A view of a part, with its own booking as its state has it. */
    static PartView view(@Nullable Part part, Resource... resources) {
        Calendar calendar = switch (part) {
            case Part.Held held -> calendar(booking(held.until()));
            case Part.Confirmed confirmed -> calendar(booking(null));
            case Part.Deploying deploying -> calendar(booking(null));
            case Part.Releasing releasing -> calendar(booking(null));
            case null, default -> calendar();
        };
        return new PartView(part, calendar, List.of(resources), HostsDown.NONE);
    }

    static PartView view(@Nullable Part part, Calendar calendar, Resource... resources) {
        return new PartView(part, calendar, List.of(resources), HostsDown.NONE);
    }

    static PartView withDead(PartView view, HostId... dead) {
        return new PartView(
                view.part(),
                view.calendar(),
                view.resources(),
                new HostsDown(Set.of(dead), Set.of(dead), Set.of(dead)));
    }

    static Calendar calendar(Booking... bookings) {
        return new Calendar(List.of(POOL), Arrays.asList(bookings), NOON);
    }

    static Booking booking(@Nullable Instant heldUntil) {
        return new Booking(ALLOCATION, POOL.id(), null, Amounts.of("bytes", 6), BOOKED, heldUntil);
    }

    /** One machine more is booked. */
    static Part.Extension granted() {
        return new Part.Extension.Granted(extend(SEQUENCE).spec(), CHOSEN);
    }

    /** What is booked for one machine more. */
    static Booking more() {
        return new Booking(ALLOCATION, POOL.id(), null, Amounts.of("bytes", 3), BOOKED, null);
    }

    /** What another allocation has booked: so much that this one does not fit beside it. */
    static Booking blocker(TimeWindow during) {
        return new Booking(OTHER, POOL.id(), null, Amounts.of("bytes", 6), during, null);
    }

    /** A lease of another allocation that is over and of which something may be left. */
    static Booking leavings() {
        return blocker(new TimeWindow(NOON.minusSeconds(3600), NOON.minusSeconds(1)));
    }

    static Resource volume(int number) {
        return Resource.wanted(wantedVolume(number), null);
    }

    static Resource disk(int number) {
        return Resource.wanted(wantedDisk(number), null);
    }

    /** The resource with what an agent last saw of it. */
    static Resource in(Phase phase, Resource resource) {
        return resource.seen(seen(resource, phase));
    }

    /** The resource no longer wanted, and seen gone. */
    static Resource gone(Resource resource) {
        return in(Phase.ABSENT, resource.removed());
    }

    /** The next thing that an agent says of a resource. */
    static ResourceObserved seen(Resource resource, Phase phase) {
        return observed(resource, resource.generation(), phase, phase == Phase.FAILED ? "it broke" : "");
    }

    static ResourceObserved observed(Resource resource, long generation, Phase phase, String reason) {
        return new ResourceObserved(
                resource.host(),
                resource.epoch(),
                resource.counter() + 1,
                resource.key(),
                generation,
                phase,
                reason,
                Map.of(),
                "machine");
    }

    private static AllocationId allocation(String reservation) {
        return new AllocationId(ReservationId.parse(reservation), SITE);
    }

    private static Wanted wantedVolume(int number) {
        ResourceKey key = ResourceKey.of(ResourceKind.VOLUME, ALLOCATION, "vcompute-1-" + number);
        return new Wanted(
                STORAGE, key, "vcompute-1-" + number, new VolumeSpec("vg0", number, COMPUTE, "user", "sealed"));
    }

    private static Wanted wantedDisk(int number) {
        ResourceKey volume = ResourceKey.of(ResourceKind.VOLUME, ALLOCATION, "vcompute-1-" + number);
        ResourceKey key = ResourceKey.of(ResourceKind.DISK, ALLOCATION, "vcompute-1-" + number);
        return new Wanted(
                COMPUTE,
                key,
                "vcompute-1-" + number,
                new DiskSpec(STORAGE, volume, "10.254.1.1:3260", "user", "sealed"));
    }

    /** Books three of the pool's ten bytes for each machine; a volume goes only after its disk. */
    private static final class Disks implements ParticipantLogic {

        @Override
        public Participant name() {
            return Participant.STORAGE;
        }

        @Override
        public Choice hold(Request request, Calendar calendar) {
            Predicate<TimeWindow> fits = window -> bytes(request.spec()).fitsIn(calendar.free(POOL, window));
            return fits.test(request.booked())
                    ? new Chosen(CHOSEN)
                    : new DoesNotFit(calendar.earliestStart(request.booked(), fits)
                            .map(FULL::withEarliestStart)
                            .orElse(FULL)
                            .missing(
                                    3, calendar.scarcity(request.booked(), fits).orElse(null)));
        }

        @Override
        public Choice extend(Request request, Lease lease, Calendar calendar) {
            return hold(request, calendar);
        }

        @Override
        public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
            return List.of(new Claim(POOL.id(), null, bytes(spec)));
        }

        @Override
        public List<Claim> claims(Resource leftover) {
            return leftover.key().kind() == ResourceKind.VOLUME
                    ? List.of(new Claim(POOL.id(), null, Amounts.of("bytes", 3)))
                    : List.of();
        }

        @Override
        public Predicate<Resource> wanted(Lease lease) {
            return resource -> lease.machines().containsKey(resource.name());
        }

        private static Amounts bytes(AllocationSpec spec) {
            return Amounts.of("bytes", 3L * spec.machines());
        }

        @Override
        public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
            return List.of();
        }

        /** The second machine has no disk: what is said of the first decides. */
        @Override
        public List<Wanted> deploy(Lease lease) {
            return lease.spec().ordinals().stream()
                    .filter(ordinal -> ordinal != 2)
                    .flatMap(ordinal -> Stream.of(wantedVolume(ordinal), wantedDisk(ordinal)))
                    .toList();
        }

        @Override
        public boolean removable(Resource resource, PartView view) {
            return resource.key().kind() != ResourceKind.VOLUME
                    || view.resources().stream()
                            .filter(r -> r.key().kind() == ResourceKind.DISK
                                    && r.name().equals(resource.name()))
                            .allMatch(view::gone);
        }
    }
}
