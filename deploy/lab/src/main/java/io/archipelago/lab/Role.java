package io.archipelago.lab;

/** What a host of the lab is for. */
public enum Role {
    /**
     * The network between the sites: joins the two ends of it, with delay, loss and a limit of rate. Up to 20,000 frames wait in it; a
     * network card of a kernel that is short of memory fails for good.
     */
    WAN(256),
    /** Where a site's clusters are joined with those of others. */
    GATEWAY(512),
    /** Has a disk of its own, and on it the volume group {@link Lab#VOLUME_GROUP}. */
    STORAGE(1024),
    /** Where machines run. */
    COMPUTE(1024);

    private final int megabytes;

    Role(int megabytes) {
        this.megabytes = megabytes;
    }

    /** The most that it may use, in units of 2^20 bytes; the machine gives it only what it has touched. */
    int megabytes() {
        return megabytes;
    }
}
