package io.archipelago.contracts;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The typed ids of everything that two services name to each other. On the wire each is one lower-case string.
 *
 * <p>Every constructor refuses malformed text with an {@link IllegalArgumentException} that says what is allowed.
 */
public final class Ids {

    private static final Pattern SITE = Pattern.compile("[a-z][a-z0-9]{0,15}");
    private static final Pattern HOST = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private Ids() {}

    /**
     * A datacentre that runs its own instance of the suite.
     *
     * @param value 1 to 16 lower-case letters and digits, a letter first, e.g. {@code tokyo}
     */
    public record SiteId(String value) implements Comparable<SiteId> {
        public SiteId {
            require(SITE, value, "a site id is 1 to 16 lower-case letters and digits, a letter first");
        }

        @Override
        public int compareTo(SiteId other) {
            return value.compareTo(other.value);
        }

        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * A physical node of one site.
     *
     * @param value a lower-case host name label, e.g. {@code tokyo-c01}; unique within its site
     */
    public record HostId(String value) implements Comparable<HostId> {
        public HostId {
            require(HOST, value, "a host id is a lower-case host name label of at most 63 characters");
        }

        @Override
        public int compareTo(HostId other) {
            return value.compareTo(other.value);
        }

        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * Who reserves, as the sign-on's {@code tenant} claim names them.
     *
     * @param value 1 to 63 lower-case letters, digits and hyphens
     */
    public record TenantId(String value) {
        public TenantId {
            require(TENANT, value, "a tenant id is 1 to 63 lower-case letters, digits and hyphens");
        }

        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * A reservation, and the cluster that it becomes.
     *
     * @param value a version 7 UUID, made by the master site when the request is accepted
     */
    public record ReservationId(UUID value) implements Comparable<ReservationId> {
        /** Reads the text form; {@link IllegalArgumentException} if it is no UUID. */
        public static ReservationId parse(String text) {
            return new ReservationId(UUID.fromString(text));
        }

        /** The order of the text form, which is also the database's; that of {@link UUID} is another. */
        @Override
        public int compareTo(ReservationId other) {
            int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
            return high != 0
                    ? high
                    : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
        }

        @Override
        public String toString() {
            return value.toString();
        }
    }

    /**
     * One site's share of a reservation. There is never more than one per site, so the pair itself is the id: any site can
     * name it without asking another. Text form {@code <reservation>.<site>}.
     *
     * @param reservation the reservation shared
     * @param site the site that gives this share
     */
    public record AllocationId(ReservationId reservation, SiteId site) {
        /** Reads the text form; {@link IllegalArgumentException} if it is not {@code <uuid>.<site>}. */
        public static AllocationId parse(String text) {
            int dot = text.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException("an allocation id is <reservation>.<site>, not '" + text + "'");
            }
            return new AllocationId(ReservationId.parse(text.substring(0, dot)), new SiteId(text.substring(dot + 1)));
        }

        @Override
        public String toString() {
            return reservation + "." + site;
        }
    }

    private static void require(Pattern pattern, String value, String allowed) {
        if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(allowed + ", not '" + value + "'");
        }
    }
}
