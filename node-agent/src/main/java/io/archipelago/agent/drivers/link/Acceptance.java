package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import java.util.OptionalInt;

/**
 * What both ends of a link have to show before it serves anybody: frames of the cluster's full size pass both ways, a broadcast reaches
 * the other end, and comes back once.
 */
final class Acceptance {

    /** A packet that gets through whatever is too narrow for others. */
    private static final int SMALL = 100;

    private final Prober prober;

    Acceptance(Prober prober) {
        this.prober = prober;
    }

    /** What it does not show, a sentence; empty if it shows all. Takes up to 6 s, and longer if only small frames pass. */
    String fault(Link link, Tunnel tunnel) throws DriverFault {
        Pings full = prober.across(link, link.spec().mtu(), 2);
        if (!full.isAnswered()) {
            return prober.across(link, SMALL, 2).isAnswered() ? tooLarge(link) : silence(link, tunnel);
        }
        if (full.duplicates() > 0) {
            return "a frame was answered more than once: there is a loop; see whether the segments are joined in another way too";
        }
        return prober.broadcastFault(link);
    }

    /** Why nothing comes through a link, a sentence. */
    String silence(Link link, Tunnel tunnel) throws DriverFault {
        String excuse = tunnel.excuse(link);
        return excuse.isEmpty()
                ? "the gateway of %s (%s) does not answer through it"
                        .formatted(link.spec().peer(), link.spec().ends().remoteAddress())
                : excuse;
    }

    private String tooLarge(Link link) throws DriverFault {
        String address = link.spec().ends().remoteAddress();
        int mtu = link.spec().mtu();
        int needed = mtu + link.spec().driver().overhead();
        prober.forgetWidth(link);
        OptionalInt carried;
        try {
            carried = prober.pathMtu(address);
        } catch (DriverFault fault) {
            return tooLarge(mtu, "how wide the path is can not be found out, as " + fault.reason());
        }
        String why = carried.isPresent() && carried.getAsInt() < needed
                ? "they need packets of %d bytes, and the path to %s carries %d: set network.link.path-mtu to %d"
                        .formatted(needed, address, carried.getAsInt(), carried.getAsInt())
                : "see whether the other site's segment carries them";
        return tooLarge(mtu, why);
    }

    private static String tooLarge(int mtu, String why) {
        return "frames of %d bytes do not pass, smaller ones do: %s".formatted(mtu, why);
    }
}
