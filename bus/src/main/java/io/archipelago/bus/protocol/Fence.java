package io.archipelago.bus.protocol;

/**
 * How far a host is kept from what other hosts export to it.
 *
 * @param exports how many things were exported to it and are not gone
 * @param revoked of how many of them it was seen that they are exported to nobody
 */
public record Fence(int exports, int revoked) {

    /** Whether nothing can be concluded about the host, since it needs nothing of others. */
    public boolean isPointless() {
        return exports == 0;
    }

    /** Whether the host was seen to be cut off from everything. */
    public boolean isClosed() {
        return exports > 0 && revoked == exports;
    }
}
