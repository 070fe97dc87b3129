package io.archipelago.agent.drivers;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What volumes and hosts are called in iSCSI (RFC 3720, section 3.2.6.3). The storage host and the host that attaches work the names out
 * from the same ids, so neither has to be told.
 */
public final class IscsiNames {

    /** What all our names begin with. */
    public static final String OURS = "iqn.2026-11.io.archipelago:";

    private static final Pattern TARGET = Pattern.compile(Pattern.quote(OURS) + "([a-z][a-z0-9-]{0,62}):(.+)");

    private IscsiNames() {}

    /** The target of a volume: there is one target for each. */
    public static String target(HostId storageHost, ResourceKey volume) {
        return OURS + storageHost + ":" + volume.id();
    }

    /** Everything that the target of a storage host begins with. */
    public static String targetsOf(HostId storageHost) {
        return OURS + storageHost + ":";
    }

    /** The storage host of a target; nothing if the target is not one of ours. */
    public static Optional<HostId> storageHost(String target) {
        return parse(target).map(parts -> new HostId(parts.group(1)));
    }

    /** The volume of a target; nothing if the target is not one of ours. */
    public static Optional<ResourceKey> volume(String target) {
        return parse(target).flatMap(parts -> ResourceKey.written(ResourceKind.VOLUME, parts.group(2)));
    }

    private static Optional<Matcher> parse(String target) {
        return Optional.of(TARGET.matcher(target)).filter(Matcher::matches);
    }

    /** A host that attaches volumes. */
    public static String initiator(HostId host) {
        return OURS + "host:" + host;
    }

    /** The serial number that a volume's LUN bears, so that whoever attaches it can tell it from any other. */
    public static String serial(HostId storageHost, ResourceKey volume) {
        return UUID.nameUUIDFromBytes(target(storageHost, volume).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
