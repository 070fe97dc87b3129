package io.archipelago.contracts;

import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.placement.PlacementMessage;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The registry of message types: the wire never sees a class name. A name, once used, keeps its meaning. */
public final class MessageTypes {

    private static final Map<String, Class<? extends Message>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("allocation.hold", AllocationCommand.HoldAllocation.class);
        BY_NAME.put("allocation.confirm", AllocationCommand.ConfirmAllocation.class);
        BY_NAME.put("allocation.deploy", AllocationCommand.DeployAllocation.class);
        BY_NAME.put("allocation.extend", AllocationCommand.ExtendAllocation.class);
        BY_NAME.put("allocation.release", AllocationCommand.ReleaseAllocation.class);
        BY_NAME.put("allocation.held", AllocationEvent.AllocationHeld.class);
        BY_NAME.put("allocation.refused", AllocationEvent.AllocationRefused.class);
        BY_NAME.put("allocation.confirmed", AllocationEvent.AllocationConfirmed.class);
        BY_NAME.put("allocation.moved", AllocationEvent.AllocationMoved.class);
        BY_NAME.put("allocation.progress", AllocationEvent.AllocationProgress.class);
        BY_NAME.put("allocation.released", AllocationEvent.AllocationReleased.class);
        BY_NAME.put("placement.plan-sites", PlacementMessage.PlanSites.class);
        BY_NAME.put("placement.sites-planned", PlacementMessage.SitesPlanned.class);
        BY_NAME.put("placement.plan-refused", PlacementMessage.PlanRefused.class);
        BY_NAME.put("placement.find-alternatives", PlacementMessage.FindAlternatives.class);
        BY_NAME.put("placement.alternatives-found", PlacementMessage.AlternativesFound.class);
        BY_NAME.put("placement.capacity-advertised", PlacementMessage.CapacityAdvertised.class);
        BY_NAME.put("placement.path-measured", PlacementMessage.PathMeasured.class);
        BY_NAME.put("share.hold", ShareMessage.HoldShare.class);
        BY_NAME.put("share.held", ShareMessage.ShareHeld.class);
        BY_NAME.put("share.refused", ShareMessage.ShareRefused.class);
        BY_NAME.put("share.confirm", ShareMessage.ConfirmShare.class);
        BY_NAME.put("share.revise", ShareMessage.ReviseShare.class);
        BY_NAME.put("share.confirmed", ShareMessage.ShareConfirmed.class);
        BY_NAME.put("share.status", ShareMessage.ShareStatus.class);
        BY_NAME.put("share.release", ShareMessage.ReleaseShare.class);
        BY_NAME.put("share.released", ShareMessage.ShareReleased.class);
        BY_NAME.put("share.digest", ShareDigest.class);
        BY_NAME.put("host.desired", DesiredResource.class);
        BY_NAME.put("host.observed", HostMessage.ResourceObserved.class);
        BY_NAME.put("host.heartbeat", HostMessage.HostHeartbeat.class);
        BY_NAME.put("host.dead", HostDead.class);
        BY_NAME.put("host.maintenance", HostMaintenance.class);
    }

    private static final Map<Class<? extends Message>, String> BY_CLASS =
            BY_NAME.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private MessageTypes() {}

    /** The record that a type name stands for; empty if the name is unknown. */
    public static Optional<Class<? extends Message>> classOf(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /**
     * The type name of a message.
     *
     * @throws IllegalArgumentException if its record is not registered, which is a mistake of ours
     */
    public static String nameOf(Message message) {
        String name = BY_CLASS.get(message.getClass());
        if (name == null) {
            throw new IllegalArgumentException(message.getClass().getSimpleName() + " is not in the registry");
        }
        return name;
    }

    /** Every type name. */
    public static Collection<String> names() {
        return BY_NAME.keySet();
    }

    public static Collection<Class<? extends Message>> all() {
        return BY_NAME.values();
    }
}
