package io.archipelago.contracts;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Version 7 UUIDs: they sort by the time of their making, to the millisecond. */
public final class Uuid7 {

    private static final long VERSION = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final int TIME_SHIFT = 16;
    private static final long LOW_12_BITS = 0xFFFL;
    private static final long LOW_62_BITS = 0x3FFF_FFFF_FFFF_FFFFL;

    private Uuid7() {}

    /** A new id made at the given time. */
    public static UUID next(Instant now, RandomGenerator random) {
        long high = now.toEpochMilli() << TIME_SHIFT | VERSION | random.nextLong() & LOW_12_BITS;
        long low = VARIANT | random.nextLong() & LOW_62_BITS;
        return new UUID(high, low);
    }

    /** Another id of the same time, always the same one of the same two: whoever decides again decides the same. */
    public static UUID derived(UUID from, String purpose) {
        UUID mixed = UUID.nameUUIDFromBytes((from + "/" + purpose).getBytes(StandardCharsets.UTF_8));
        long high = from.getMostSignificantBits() & ~LOW_12_BITS | mixed.getMostSignificantBits() & LOW_12_BITS;
        long low = VARIANT | mixed.getLeastSignificantBits() & LOW_62_BITS;
        return new UUID(high, low);
    }
}
