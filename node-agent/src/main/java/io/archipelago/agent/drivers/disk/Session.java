package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session of the kernel's iSCSI initiator.
 *
 * @param id its number in the kernel
 * @param target the target that it is a session with
 * @param portal the address and port that it was begun with
 * @param state the kernel's word for it: {@code LOGGED_IN} if it works
 * @param lun its first LUN; null if it shows none
 */
record Session(
        String id,
        String target,
        String portal,
        String state,
        @Nullable Lun lun) {

    /**
     * A LUN, and the block device that the kernel made of it.
     *
     * @param block the kernel's name of the block device, such as {@code sda}
     * @param serial the serial number that it bears; empty if it bears none
     * @param state the kernel's word for the device: {@code running} if it works
     * @param bytes its size, as the kernel knows it
     */
    record Lun(String block, String serial, String state, long bytes) {

        /** Given up by the kernel, which does not try it again by itself. */
        boolean isOffline() {
            return state.equals("offline");
        }
    }

    boolean works() {
        return state.equals("LOGGED_IN");
    }

    /** The disk that it is; nothing if its target is not one of ours. */
    Optional<ResourceKey> key() {
        return volume().map(volume -> new ResourceKey(ResourceKind.DISK, volume.id()));
    }

    /** The host that serves it; nothing if its target is not one of ours. */
    Optional<HostId> storageHost() {
        return IscsiNames.storageHost(target);
    }

    /** Whether its LUN is the volume that the target's name says. */
    boolean isGenuine() {
        Optional<HostId> host = storageHost();
        Optional<ResourceKey> volume = volume();
        return lun != null
                && host.isPresent()
                && volume.isPresent()
                && lun.serial().equals(IscsiNames.serial(host.get(), volume.get()));
    }

    private Optional<ResourceKey> volume() {
        return IscsiNames.volume(target);
    }
}
