package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.ResourceKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One run of {@code virsh} that tells of all domains: its commands, and what their answer means. Not thread-safe. */
final class DomainQuery {

    /** Before what is said of each domain; virsh may or may not end a line after an echo. */
    private static final String MARK = "archipelago-domain:";

    private static final String LIST = "list";
    private static final int UUID_LENGTH = 36;

    private final DomainReader reader = new DomainReader();

    /**
     * Commands that tell everything of these domains, and list all: some 200 bytes for each, and Linux takes 128 KiB at once. The list
     * comes last, for by the last it is told whether libvirt answered; that a domain has gone meanwhile does not matter.
     */
    String commands(Set<UUID> uuids) {
        StringBuilder commands = new StringBuilder();
        for (UUID uuid : uuids) {
            commands.append("echo %s%s; domstate %s --reason; dumpxml %s; ".formatted(MARK, uuid, uuid, uuid));
        }
        return commands.append("echo ")
                .append(MARK)
                .append(LIST)
                .append("; list --all --uuid --name")
                .toString();
    }

    /** The names of all domains of the host. */
    Map<UUID, String> listed(String answer) {
        Map<UUID, String> names = new LinkedHashMap<>();
        String list = answer.substring(answer.lastIndexOf(MARK + LIST) + MARK.length() + LIST.length());
        for (String line : list.lines().toList()) {
            String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2) {
                names.put(UUID.fromString(words[0]), words[1]);
            }
        }
        return names;
    }

    /**
     * All domains of the host; nothing if there are some of which nothing was told: whoever took those for somebody else's would take a
     * machine for gone.
     */
    Optional<Listing> read(String answer) throws DriverFault {
        Map<UUID, Optional<Domain>> told = told(answer);
        Map<ResourceKey, Domain> ours = new LinkedHashMap<>();
        Map<UUID, String> foreign = new LinkedHashMap<>();
        for (Map.Entry<UUID, String> each : listed(answer).entrySet()) {
            Optional<Domain> domain = told.get(each.getKey());
            if (domain == null) {
                return Optional.empty();
            }
            domain.ifPresentOrElse(one -> ours.put(one.key(), one), () -> foreign.put(each.getKey(), each.getValue()));
        }
        return Optional.of(new Listing(ours, foreign));
    }

    /** The domains of which something was told, without those of others. */
    private Map<UUID, Optional<Domain>> told(String answer) throws DriverFault {
        Map<UUID, Optional<Domain>> told = new LinkedHashMap<>();
        for (String each : answer.split(MARK)) {
            int definition = each.indexOf("<domain");
            if (definition >= UUID_LENGTH) {
                String state = each.substring(UUID_LENGTH, definition).strip();
                told.put(
                        UUID.fromString(each.substring(0, UUID_LENGTH)),
                        reader.read(state, each.substring(definition).strip()));
            }
        }
        return told;
    }
}
