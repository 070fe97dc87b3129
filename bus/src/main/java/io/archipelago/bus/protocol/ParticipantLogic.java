package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is particular to one participant: what it books for an allocation, and what it wants on hosts once the lease begins. */
public interface ParticipantLogic {

    Participant name();

    /** What can be booked at this site whatever hosts there are. */
    default List<Pool> pools() {
        return List.of();
    }

    /**
     * What can be booked of a host.
     *
     * @param open whether the host takes new bookings
     */
    List<Pool> pools(HostId host, Inventory inventory, boolean open);

    /**
     * Chooses what to book.
     *
     * @param request what is wanted
     * @param calendar what is booked on this participant's pools, without the allocation itself
     */
    Choice hold(Request request, Calendar calendar);

    /**
     * Chooses what to book when a lease is to have more machines, another window, or both; by default what was chosen for it will do for more. That what
     * it has can be had for longer need not be looked at here.
     *
     * @param request the lease as it would be
     * @param lease as it is
     * @param calendar what is booked on this participant's pools, without what the lease itself has
     */
    default Choice extend(Request request, Lease lease, Calendar calendar) {
        return new Chosen(Objects.requireNonNull(lease.facts().of(name()), "all have chosen for a lease"));
    }

    /**
     * Chooses another place for what a lease that has not begun can not keep where it is; by default there is none.
     *
     * @param request the lease as it is
     * @param left the pools in which there is no room for what it has there
     * @param calendar what is booked on this participant's pools, without what the lease itself has
     */
    default Choice move(Request request, Set<String> left, Calendar calendar) {
        return new DoesNotFit(Refusal.of(ErrorCode.UNSUPPORTED, name().resource(), "it is not moved"));
    }

    /**
     * What is booked for an allocation.
     *
     * @param facts what was chosen for it, by this participant at least
     */
    List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts);

    /** What a resource that its lease no longer wants takes until it is gone; by default nothing. */
    default List<Claim> claims(Resource leftover) {
        return List.of();
    }

    /** Which of the resources that a lease wanted once it still wants, as it goes on; by default all. */
    default Predicate<Resource> wanted(Lease lease) {
        return resource -> true;
    }

    /** What a resource that is wanted and known is to be like when its lease goes on otherwise than before; by default as if it were new. */
    default ResourceSpec revised(Resource known, ResourceSpec asNew) {
        return asNew;
    }

    /**
     * Whether all is known without which {@link #deploy} can not say what should be on hosts; by default it is. Until then the part waits,
     * and looks again.
     */
    default boolean deployable(Lease lease) {
        return true;
    }

    /** What should be on hosts throughout a lease, once it is {@link #deployable}. */
    List<Resource.Wanted> deploy(Lease lease);

    /**
     * Whether a resource's removal may be published, given all that is known of its allocation; by default at once. On one host the agent
     * keeps the order by itself.
     */
    default boolean removable(Resource resource, PartView view) {
        return true;
    }

    /**
     * What a resource that is wanted should be like, given all that is known of its allocation and which hosts are down; by default what it
     * is.
     */
    default ResourceSpec adjusted(Resource resource, PartView view) {
        return resource.spec();
    }

    /**
     * What the site is to know of the path to a peer, by what an agent saw of a resource that is wanted; by default nothing.
     *
     * @param details figures that the agent has told
     */
    default Optional<PathMeasured> measured(Resource resource, Map<String, String> details, Instant now) {
        return Optional.empty();
    }

    /**
     * How far a host is kept from what other hosts export to it; by default null: this participant exports nothing.
     *
     * @param resources of every allocation that has something on the host
     * @param dead hosts that are known to run nothing any more
     */
    default @Nullable Fence fence(HostId host, Collection<Resource> resources, Set<HostId> dead) {
        return null;
    }

    /**
     * What is to be booked.
     *
     * @param allocation for whom
     * @param spec what is wanted
     * @param facts what other participants chose before
     * @param booked the window with the time for deploying and cleaning
     */
    record Request(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts, TimeWindow booked) {}

    /** The answer to a request. */
    sealed interface Choice {}

    /**
     * It fits.
     *
     * @param chosen what the other participants need to know of it; {@link ParticipantLogic#claims} says what is booked for it
     */
    record Chosen(Facts.Chosen chosen) implements Choice {}

    /**
     * It does not.
     *
     * @param refusal why; its earliest start is that of what would be booked
     */
    record DoesNotFit(Refusal refusal) implements Choice {}

    /**
     * One row to book.
     *
     * @param pool of what
     * @param unit which of its units; null: none
     * @param amounts how much of its capacity
     */
    record Claim(String pool, @Nullable Integer unit, Amounts amounts) {}
}
