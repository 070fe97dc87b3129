package io.archipelago.agent.drivers.volume;

import io.archipelago.contracts.Ids.HostId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a volume is to be served.
 *
 * @param device what is served
 * @param serial the serial number of the LUN
 * @param initiator the only host that may attach it; null: none
 * @param chapUser the name that it has to give
 * @param chapSecret the secret that it has to know
 */
record Export(Path device, String serial, @Nullable HostId initiator, String chapUser, String chapSecret) {

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "Export[device=" + device + ", serial=" + serial + ", initiator=" + initiator + "]";
    }
}
