package io.archipelago.agent.drivers.disk;

import org.jspecify.annotations.Nullable;

/**
 * A session of the kernel's iSCSI initiator.
 *
 * @param target the target that it is a session with
 * @param portal the address and port that it was begun with
 * @param state the kernel's word for it: {@code LOGGED_IN} if it works
 * @param block the kernel's name of its first LUN's block device, such as {@code sda}; null if there is none
 * @param serial the serial number that the LUN bears; empty if there is none
 */
record Session(
        String target,
        String portal,
        String state,
        @Nullable String block,
        String serial) {

    boolean works() {
        return state.equals("LOGGED_IN");
    }
}
