package io.archipelago.simulation;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.MakingWay;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A participant of one site: production's protocol and logic over tables, and as little as possible between them. */
class ParticipantService extends Service {

    /** Where a resource is wanted. */
    record Place(HostId host, ResourceKey key) {}

    private static final Duration MOVE_AGAIN = Duration.ofMinutes(5);
    private static final Calendar NO_CALENDAR = new Calendar(List.of(), List.of(), Instant.EPOCH);

    private final ParticipantLogic logic;
    private final ParticipantProtocol protocol;
    private final MakingWay way;
    private final List<Pool> pools = new ArrayList<>();
    private final Map<AllocationId, Part> parts = new LinkedHashMap<>();
    private final Map<AllocationId, List<Booking>> bookings = new LinkedHashMap<>();
    private final Map<AllocationId, Map<Place, Resource>> resources = new LinkedHashMap<>();
    private final Map<String, Pool> poolsById = new TreeMap<>();
    private final Map<Place, Instant> changedAt = new HashMap<>();
    private final Set<Place> forgotten = new HashSet<>();
    private final HostKeeper hosts;
    private final MaintenanceKeeper maintenance;

    ParticipantService(World world, Site site, ParticipantLogic logic) {
        super(world, site, logic.name().service());
        this.logic = world.broken(Mutation.LEFTOVERS_NOT_BOOKED) ? new LeftoversNotBooked(logic) : logic;
        this.protocol = new ParticipantProtocol(this.logic, world.figures().terms());
        this.way = new MakingWay(protocol);
        pools.addAll(logic.pools());
        site.inventories().forEach((host, inventory) -> pools.addAll(logic.pools(host, inventory, true)));
        pools.forEach(pool -> poolsById.put(pool.id(), pool));
        this.hosts = new HostKeeper(this, logic);
        this.maintenance = new MaintenanceKeeper(this);
    }

    HostKeeper hosts() {
        return hosts;
    }

    MaintenanceKeeper maintenance() {
        return maintenance;
    }

    ParticipantLogic logic() {
        return logic;
    }

    ParticipantProtocol protocol() {
        return protocol;
    }

    Map<AllocationId, Part> parts() {
        return parts;
    }

    List<Booking> bookings(AllocationId allocation) {
        return bookings.getOrDefault(allocation, List.of());
    }

    /** The shares of which something is booked or on hosts. */
    List<AllocationId> leased() {
        return parts.values().stream()
                .filter(p -> p instanceof Part.Confirmed || p instanceof Part.Deploying || p instanceof Part.Releasing)
                .map(Part::allocation)
                .toList();
    }

    Map<String, Pool> pools() {
        return poolsById;
    }

    Collection<Booking> allBookings() {
        return bookings.values().stream().flatMap(List::stream).toList();
    }

    Collection<Resource> resources(AllocationId allocation) {
        return resources.getOrDefault(allocation, Map.of()).values();
    }

    Calendar calendar(Instant now) {
        return new Calendar(pools, allBookings(), now);
    }

    @Override
    @Nullable
    Work work(Posted posted) {
        return switch (posted.message()) {
            case HoldAllocation hold when !protocol.books(hold) -> null;
            case HoldAllocation hold when hold.heldFor() == HoldPurpose.PROBE -> Probes.work(this, hold, posted);
            case AllocationCommand command ->
                new Work(
                        command,
                        posted.id(),
                        rows(command),
                        false,
                        () -> protocol.books(command),
                        tx -> onCommand(command, tx));
            case ResourceObserved seen -> observed(seen);
            case HostHeartbeat said -> hosts.heard(said);
            case HostDead said -> hosts.died(said, posted.id());
            case HostMaintenance said -> maintenance.heard(said, posted.id());
            case null, default -> null;
        };
    }

    @Override
    @Nullable
    Instant due(Object row) {
        if (row instanceof MaintenanceKeeper.Displaced displaced) {
            return maintenance.due(displaced);
        }
        if (!(row instanceof AllocationId)) {
            return hosts.due(row);
        }
        Part part = parts.get((AllocationId) row);
        if (part instanceof Part.Held && world().broken(Mutation.SWEEPER_STOPS)) {
            return null;
        }
        return part == null ? null : part.due();
    }

    @Override
    Work dueWork(Object row) {
        if (row instanceof MaintenanceKeeper.Displaced displaced) {
            return maintenance.dueWork(displaced);
        }
        if (!(row instanceof AllocationId)) {
            return hosts.dueWork(row);
        }
        AllocationId id = (AllocationId) row;
        return Work.due("due", id, () -> protocol.books(Objects.requireNonNull(parts.get(id))), tx -> {
            boolean books = protocol.books(Objects.requireNonNull(parts.get(id)));
            PartView view = view(id, books ? read(Reach.PRESENT, id, null, tx.now()) : NO_CALENDAR);
            apply(id, protocol.onDue(view, tx.now()), tx, "due");
        });
    }

    @Override
    Collection<Object> rows() {
        List<Object> rows = new ArrayList<>(parts.keySet());
        rows.addAll(hosts.rows());
        rows.addAll(maintenance.rows());
        return rows;
    }

    @Override
    void restart() {
        if (!isUp()) {
            hosts.startListening();
        }
        super.restart();
    }

    /** Whether everything that a host has said was taken. */
    boolean hasTakenAllOf(HostId host) {
        boolean all =
                site().broker().lanesOf(this, Topics.observed(host)).stream().allMatch(Lane::drained);
        if (!all) {
            world().did(Deed.SILENCE_DOUBTED);
        }
        return all;
    }

    Collection<Resource> allResources() {
        return resources.values().stream().flatMap(r -> r.values().stream()).toList();
    }

    /** The resources of every allocation that has something on a host. */
    List<Resource> around(HostId host) {
        return resources.values().stream()
                .filter(rows -> rows.values().stream().anyMatch(r -> r.host().equals(host) && !r.gone()))
                .flatMap(rows -> rows.values().stream())
                .toList();
    }

    /** What an agent should know of a host. */
    private List<Resource> known(HostId host) {
        return allResources().stream()
                .filter(r -> r.host().equals(host) && !forgotten.contains(new Place(host, r.key())))
                .toList();
    }

    Map<ResourceKey, Long> generations(HostId host) {
        return HostKeeper.generations(known(host));
    }

    /** Publishes everything for a host, unless some of it changed since an instant. */
    void publishAgain(HostId host, Transaction tx, Instant since) {
        List<Resource> known = known(host);
        boolean settled = known.stream()
                .noneMatch(r -> changedAt
                        .getOrDefault(new Place(host, r.key()), Instant.MIN)
                        .isAfter(since));
        if (settled && !known.isEmpty()) {
            world().did(Deed.PUBLISHED_AGAIN);
            world().tell(this, () -> "publishes again what is wanted on " + host);
            known.forEach(r -> tx.send(Topics.desired(host), r.key(), r.desired()));
        }
    }

    /** In how long to look again whether there is another place for what can not stay; null: it can, or has another place. */
    @Nullable
    Duration onDisplaced(AllocationId id, Transaction tx) {
        PartView view = view(id, read(Reach.ALL, id, null, tx.now()));
        PartDecision decision = protocol.onDisplaced(view);
        boolean stays = decision.next() == null && ParticipantProtocol.isDisplaced(view);
        if (stays || decision.next() != null) {
            world().did(stays ? Deed.NOT_MOVED : Deed.MOVED);
        }
        apply(id, decision, tx, "can not stay");
        return !stays
                ? null
                : ParticipantProtocol.isUndecided(view)
                        ? world().figures().terms().lookAgain()
                        : MOVE_AGAIN;
    }

    void onHosts(AllocationId id, boolean news, Transaction tx) {
        apply(id, protocol.onHosts(view(id, NO_CALENDAR), news), tx, "hosts");
    }

    void store(Pool pool) {
        pools.replaceAll(other -> other.id().equals(pool.id()) ? pool : other);
        poolsById.put(pool.id(), pool);
    }

    Optional<Resource> resource(HostId host, ResourceKey key) {
        return Optional.ofNullable(
                resources.getOrDefault(key.allocation(), Map.of()).get(new Place(host, key)));
    }

    /** Observations are upserts by epoch and counter; they need no inbox. */
    private Work observed(ResourceObserved seen) {
        AllocationId id = seen.key().allocation();
        List<Resource> unlocked = List.copyOf(resources(id));
        BooleanSupplier books = () -> protocol.books(seen, view(id, NO_CALENDAR));
        return new Work(seen, 0, List.of(id), false, books, tx -> {
            PartView view = view(id, NO_CALENDAR);
            if (protocol.books(seen, view)) {
                view = view(id, read(Reach.PRESENT, id, null, tx.now()));
            }
            if (world().broken(Mutation.READ_BEFORE_LOCK)) {
                view = new PartView(view.part(), view.calendar(), unlocked, view.down());
            }
            apply(id, protocol.onObserved(seen, view, tx.now()), tx, seen);
        });
    }

    private void onCommand(AllocationCommand command, Transaction tx) {
        AllocationId id = command.allocation();
        Part part = parts.get(id);
        Instant now = tx.now();
        if (world().broken(Mutation.LATE_CONFIRM)
                && command instanceof ConfirmAllocation
                && part instanceof Part.Held held) {
            now = held.until().minusMillis(1);
        }
        TimeWindow window = switch (command) {
            case HoldAllocation hold -> protocol.booked(hold.spec().window());
            case ExtendAllocation extend
            when part instanceof Part.Leased leased ->
                leased.lease().booked().hull(protocol.booked(extend.spec().window()));
            default -> null;
        };
        Reach reach = window == null ? Reach.PRESENT : Reach.WINDOW;
        PartView view = view(id, protocol.books(command) ? read(reach, id, window, now) : NO_CALENDAR);
        if (world().broken(Mutation.GONE_UNSEEN) && command instanceof ReleaseAllocation) {
            Set<HostId> all = Set.copyOf(site().inventories().keySet());
            view = new PartView(view.part(), view.calendar(), view.resources(), new HostsDown(all, all, all));
        }
        PartDecision decision = protocol.onCommand(command, view, now);
        if (reach == Reach.WINDOW && ParticipantProtocol.refuses(decision)) {
            // Only a refusal needs to see beyond the window: it tells when it would fit.
            view = makeWay(command, view(id, read(Reach.ALL, id, window, now)), tx, now);
            decision = protocol.onCommand(command, view, now);
        }
        if (part != null && command.sequence() < part.sequence()) {
            world().invariants().changesNothing(this, command, decision);
        }
        apply(id, decision, tx, command);
    }

    /** What a command may change: its own part, and offers that are in its way. */
    private List<Object> rows(AllocationCommand command) {
        boolean books = command instanceof HoldAllocation || command instanceof ExtendAllocation;
        Stream<AllocationId> offers = books
                ? parts.values().stream()
                        .filter(part -> part instanceof Part.Held held && held.offer())
                        .map(Part::allocation)
                : Stream.of();
        return Stream.concat(Stream.of(command.allocation()), offers)
                .distinct()
                .sorted(Comparator.comparing(AllocationId::toString))
                .<Object>map(id -> id)
                .toList();
    }

    /** Has those offers of a command's rows make way that are in its way; the view without them. */
    private PartView makeWay(AllocationCommand command, PartView view, Transaction tx, Instant now) {
        List<Part.Held> offers = tx.work().rows().stream()
                .map(parts::get)
                .filter(part -> part instanceof Part.Held held && held.offer())
                .map(Part.Held.class::cast)
                .toList();
        Calendar calendar = view.calendar();
        for (Part.Held offer : way.of(command, view, offers, now)) {
            world().did(Deed.OFFER_MADE_WAY);
            apply(offer.allocation(), way.giveUp(offer), tx, "makes way for " + Words.of(command));
            calendar = calendar.without(offer.allocation());
        }
        return new PartView(view.part(), calendar, view.resources(), view.down());
    }

    private Calendar read(Reach reach, AllocationId id, @Nullable TimeWindow window, Instant now) {
        TimeWindow asked = window == null ? new TimeWindow(now, now.plusNanos(1)) : window;
        return new Calendar(pools, reach.of(allBookings(), id, asked, now), now);
    }

    private PartView view(AllocationId id, Calendar calendar) {
        Part part = parts.get(id);
        if (part != null && world().broken(Mutation.SEQUENCE_FORGOTTEN)) {
            part = Forgetful.sequence(part);
        }
        HostsDown down = hosts.down();
        if (logic.name() == Participant.PLACEMENT && world().broken(Mutation.SILENT_REPLACED)) {
            down = new HostsDown(down.silent(), down.lost(), down.lost());
        }
        return new PartView(part, calendar, List.copyOf(resources(id)), down);
    }

    private void apply(AllocationId id, PartDecision decision, Transaction tx, Object about) {
        Part before = parts.get(id);
        Part next = decision.next();
        if (next != null) {
            tx.write(() -> parts.put(id, next));
            world().storable(Part.class, next);
        }
        switch (decision.bookings()) {
            case PartDecision.Keep keep -> {}
            case PartDecision.Book book -> {
                Backstop.requireOpen(this, bookings(id), book.bookings());
                tx.write(() -> {
                    sweep(tx.now());
                    bookings.put(id, book.bookings());
                });
            }
            case PartDecision.Confirm confirm ->
                tx.write(() -> bookings.computeIfPresent(
                        id, (i, rows) -> rows.stream().map(Booking::confirmed).toList()));
            case PartDecision.Drop drop -> tx.write(() -> bookings.remove(id));
        }
        for (Resource resource : decision.resources()) {
            tx.write(() -> store(resource, tx.now()));
        }
        decision.forget().forEach(r -> tx.write(() -> forgotten.add(new Place(r.host(), r.key()))));
        decision.publish().forEach(r -> tx.send(Topics.desired(r.host()), r.key(), r.desired()));
        decision.forget().forEach(r -> tx.tombstone(Topics.desired(r.host()), r.key()));
        for (AllocationEvent answer : decision.answers()) {
            tx.send(Topics.events(logic.name().service()), id, answer);
        }
        tx.check(() -> {
            world().tell(this, () -> Words.of(about) + " -> " + Words.of(before) + " to " + Words.of(parts.get(id)));
            world().invariants().part(this, id, before, about, tx.now());
            if (decision.bookings() instanceof PartDecision.Book) {
                world().invariants().bookings(this);
            }
            watch(id);
        });
    }

    /** What a production store does before it books: holds that have run out would only trip its constraints. */
    private void sweep(Instant now) {
        bookings.replaceAll(
                (id, rows) -> rows.stream().filter(b -> !b.expired(now)).toList());
    }

    private void store(Resource resource, Instant now) {
        Place place = new Place(resource.host(), resource.key());
        Resource before = resources
                .computeIfAbsent(resource.allocation(), id -> new LinkedHashMap<>())
                .put(place, resource);
        if (before == null || before.generation() != resource.generation()) {
            changedAt.put(place, now);
            forgotten.remove(place);
        }
        world().storable(Resource.class, resource);
        world().invariants().generation(this, before, resource);
    }
}
