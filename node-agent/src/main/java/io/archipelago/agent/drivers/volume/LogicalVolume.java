package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A logical volume as LVM tells it. What it is to us stands in its tags: {@code archipelago:<id>} says that it is ours and which one,
 * {@code archipelago-wiping} that its data are not to be read again, {@code archipelago-wiped:<bytes>} how far it has been wiped.
 *
 * @param group the volume group
 * @param name its name
 * @param thinPool the thin pool that it lies in; empty if it is a thick one
 * @param bytes its size
 * @param extentBytes the unit in which its group gives space
 * @param active whether there is a device of it
 * @param tags all its tags
 * @param isPool whether it is a thin pool itself
 * @param zeroes whether it is a thin pool that gives nobody what another has written
 * @param suspended whether its device does nothing for now
 */
record LogicalVolume(
        String group,
        String name,
        String thinPool,
        long bytes,
        long extentBytes,
        boolean active,
        Set<String> tags,
        boolean isPool,
        boolean zeroes,
        boolean suspended) {

    static final String WIPING = "archipelago-wiping";

    private static final String OURS = "archipelago:";
    private static final String WIPED = "archipelago-wiped:";

    LogicalVolume {
        tags = Set.copyOf(tags);
    }

    /** Reads a line of {@code lvs}: the fields that {@link LvmState} asks for. */
    static LogicalVolume parse(String line) throws DriverFault {
        String[] fields = line.split("\\|", -1);
        try {
            return new LogicalVolume(
                    fields[0],
                    fields[1],
                    fields[2],
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[4]),
                    fields[5].equals("active"),
                    fields[6].isEmpty() ? Set.of() : Set.of(fields[6].split(",")),
                    fields[7].equals("thin,pool"),
                    fields[8].equals("zero"),
                    fields[9].equals("suspended"));
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw DriverFault.failed("lvs says something that is not understood: " + line);
        }
    }

    /** Whether a pool is a thin pool, {@code group/pool}, and no volume group. */
    static boolean isThinPool(String pool) {
        return pool.indexOf('/') >= 0;
    }

    /** The volume group of a pool. */
    static String group(String pool) {
        return isThinPool(pool) ? pool.substring(0, pool.indexOf('/')) : pool;
    }

    /** The tag of the logical volume of a resource. */
    static String tag(ResourceKey key) {
        return OURS + key.id();
    }

    /** The tag of one that is wiped up to here. */
    static String wipedTag(long bytes) {
        return WIPED + bytes;
    }

    /** The resource that it is; nothing if it is not ours. */
    Optional<ResourceKey> key() {
        return after(OURS).findAny().flatMap(id -> ResourceKey.written(ResourceKind.VOLUME, id));
    }

    boolean isOurs() {
        return key().isPresent();
    }

    boolean isWiping() {
        return tags.contains(WIPING);
    }

    /** How many of its first bytes have been wiped. */
    long wiped() {
        return after(WIPED)
                .filter(text -> text.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .max()
                .orElse(0);
    }

    /** The tags that say how far it has been wiped. */
    Stream<String> wipedTags() {
        return tags.stream().filter(tag -> tag.startsWith(WIPED));
    }

    /** The same, wiped as far as a tag says. */
    LogicalVolume withWiped(String tag) {
        Set<String> others =
                tags.stream().filter(each -> !each.startsWith(WIPED)).collect(Collectors.toSet());
        others.add(tag);
        return new LogicalVolume(group, name, thinPool, bytes, extentBytes, active, others, isPool, zeroes, suspended);
    }

    /** Whether it is larger than it has to be for so many bytes. */
    boolean isLargerThan(long wanted) {
        return this.bytes - wanted >= extentBytes;
    }

    boolean isThin() {
        return !thinPool.isEmpty();
    }

    /** The pool of which it takes space, as a specification names it. */
    String pool() {
        return isThin() ? group + "/" + thinPool : group;
    }

    Path device() {
        return Path.of("/dev", group, name);
    }

    /** How LVM's commands call it. */
    String path() {
        return group + "/" + name;
    }

    private Stream<String> after(String prefix) {
        return tags.stream().filter(tag -> tag.startsWith(prefix)).map(tag -> tag.substring(prefix.length()));
    }
}
