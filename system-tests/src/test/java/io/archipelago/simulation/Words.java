package io.archipelago.simulation;

import io.archipelago.bus.protocol.Part;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Reservation;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Short words for a story. */
final class Words {

    private Words() {}

    static String of(@Nullable Object thing) {
        return switch (thing) {
            case null -> "(none)";
            case String text -> text;
            case ReservationId id -> id.toString().substring(0, 4);
            case AllocationId id -> of(id.reservation()) + "." + id.site();
            case ResourceKey key -> {
                String rest = key.id().substring(key.allocation().toString().length());
                yield key.kind().wireName() + "/" + of(key.allocation()) + rest;
            }
            case AllocationCommand command -> name(command) + " " + of(command.allocation()) + " " + command.sequence();
            case AllocationEvent event -> {
                String why = switch (event) {
                    case AllocationRefused no ->
                        ": " + no.refusal().resource() + " " + no.refusal().code();
                    case AllocationProgress progress -> ": " + progress.progress();
                    default -> "";
                };
                yield name(event) + " " + of(event.allocation()) + " " + event.sequence() + " by "
                        + event.participant().service() + why;
            }
            case ShareMessage share -> {
                String why = switch (share) {
                    case ShareRefused no ->
                        ": "
                                + no.refusals().stream()
                                        .map(r -> r.resource() + " " + r.code())
                                        .collect(Collectors.joining(", "));
                    case ShareStatus status -> ": " + status.progress();
                    default -> "";
                };
                yield name(share) + " " + of(share.allocation()) + " " + share.sequence() + why;
            }
            case ShareDigest digest ->
                name(digest) + (digest.answer() ? " in answer" : "") + " from " + of(digest.first()) + " to "
                        + of(digest.end()) + " seen " + digest.seenEpoch() + "/"
                        + digest.seenSequence() + " as master " + entries(digest.asMaster()) + " as worker "
                        + entries(digest.asWorker());
            case ResourceObserved seen ->
                "saw " + of(seen.key()) + " on " + seen.host() + " g" + seen.generation() + " " + seen.phase();
            case DesiredResource wanted ->
                (wanted.absent() ? "not wanted: " : "wanted: ") + of(wanted.key()) + " g" + wanted.generation();
            case SitesPlanned plan -> "SitesPlanned " + of(plan.reservation()) + " " + new TreeMap<>(plan.computes());
            case Part.Deploying part -> "Deploying " + part.sequence() + " " + part.progress();
            case Part part -> name(part) + " " + part.sequence();
            case Allocation allocation ->
                name(allocation) + " " + allocation.header().sequence() + " for share " + of(allocation.id()) + " "
                        + allocation.header().shareSequence();
            case Reservation reservation ->
                name(reservation) + "(" + reservation.state() + ") " + of(reservation.id())
                        + reservation.shares().values().stream()
                                .map(s -> " " + s.site() + ":" + s.stage() + s.sequence())
                                .collect(Collectors.joining());
            default -> name(thing);
        };
    }

    private static List<String> entries(List<Entry> entries) {
        return entries.stream()
                .map(e -> of(e.allocation()) + ":" + e.stage() + e.sequence())
                .toList();
    }

    private static String name(Object thing) {
        return thing.getClass().getSimpleName();
    }
}
