package io.archipelago.contracts.host;

import io.archipelago.contracts.Ids.AllocationId;
import java.util.Locale;
import java.util.Optional;

/**
 * The key of a resource on a host's topics, {@code kind/id}. The id names the allocation and, if it has several such resources, which:
 * {@code <reservation>.<site>} or {@code <reservation>.<site>.<name>}. It is also what a driver writes on the thing itself.
 *
 * @param kind the kind
 * @param id the id, unique among the kind on the host
 */
public record ResourceKey(ResourceKind kind, String id) implements Comparable<ResourceKey> {

    /** The key of an allocation's only resource of a kind on a host. */
    public static ResourceKey of(ResourceKind kind, AllocationId allocation) {
        return new ResourceKey(kind, allocation.toString());
    }

    /** The key of one of an allocation's resources of a kind. */
    public static ResourceKey of(ResourceKind kind, AllocationId allocation, String name) {
        return new ResourceKey(kind, allocation + "." + name);
    }

    /** Reads the text form; {@link IllegalArgumentException} if it is none. */
    public static ResourceKey parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a resource key is kind/id, not '" + text + "'");
        }
        return new ResourceKey(
                ResourceKind.valueOf(text.substring(0, slash).toUpperCase(Locale.ROOT)), text.substring(slash + 1));
    }

    /** The key of a thing that bears an id; nothing if it is no id of a resource, but something of somebody else's. */
    public static Optional<ResourceKey> written(ResourceKind kind, String id) {
        ResourceKey key = new ResourceKey(kind, id);
        try {
            key.allocation();
            return Optional.of(key);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The allocation that the resource belongs to. */
    public AllocationId allocation() {
        int site = id.indexOf('.');
        int name = id.indexOf('.', site + 1);
        return AllocationId.parse(name < 0 ? id : id.substring(0, name));
    }

    @Override
    public int compareTo(ResourceKey other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return kind.wireName() + "/" + id;
    }
}
