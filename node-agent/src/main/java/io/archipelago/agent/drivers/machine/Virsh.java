package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Tools;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the agent asks of libvirt, by its command {@code virsh}. */
final class Virsh {

    private static final String PROGRAM = "virsh";

    /** What each command begins with. */
    static final List<String> COMMAND = List.of(PROGRAM, "--quiet", "--connect", "qemu:///system");

    /** Before what it says of each domain. */
    private static final String MARK = "archipelago-domain:";

    /** So many are asked for in one command: Linux takes no argument longer than 128 KiB. */
    private static final int MOST_AT_ONCE = 400;

    private final Programs programs;
    private final DomainReader reader = new DomainReader();

    Virsh(Programs programs) {
        this.programs = programs;
    }

    /**
     * All domains of the host.
     *
     * @param ours by their keys
     * @param foreign the names of those of others
     */
    record Listing(Map<ResourceKey, Domain> ours, Map<UUID, String> foreign) {
        Listing {
            ours = Map.copyOf(ours);
            foreign = Map.copyOf(foreign);
        }
    }

    /** Looks at all domains, with two commands however many there are. */
    Listing list() throws DriverFault {
        Map<UUID, String> names = new LinkedHashMap<>();
        for (String line : run("list", "--all", "--uuid", "--name").lines().toList()) {
            String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2) {
                names.put(UUID.fromString(words[0]), words[1]);
            }
        }
        Map<ResourceKey, Domain> ours = new LinkedHashMap<>();
        List<UUID> all = List.copyOf(names.keySet());
        for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
            for (Domain domain : look(all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE)))) {
                ours.put(domain.key(), domain);
                names.remove(domain.uuid());
            }
        }
        return new Listing(ours, names);
    }

    /** Has libvirt keep a definition; of a domain that it knows already, the former one. */
    void define(String definition) throws DriverFault {
        Path file = null;
        try {
            file = Files.createTempFile("agent-", ".xml");
            Files.writeString(file, definition);
            run("define", file.toString());
        } catch (IOException e) {
            throw DriverFault.failed("a domain's definition can not be written: " + e);
        } finally {
            if (file != null) {
                file.toFile().delete();
            }
        }
    }

    /** Starts a domain from the beginning, also if somebody had its memory saved. */
    void start(ResourceKey key) throws DriverFault {
        run("start", uuid(key), "--force-boot");
    }

    void resume(ResourceKey key) throws DriverFault {
        run("resume", uuid(key));
    }

    /** Presses the power button. */
    void shutdown(ResourceKey key) throws DriverFault {
        run("shutdown", uuid(key), "--mode", "acpi");
    }

    /** Pulls the plug. */
    void destroy(ResourceKey key) throws DriverFault {
        run("destroy", uuid(key));
    }

    /** Has libvirt forget a domain that does not run. */
    void undefine(ResourceKey key) throws DriverFault {
        run("undefine", uuid(key), "--managed-save", "--snapshots-metadata", "--checkpoints-metadata");
    }

    private static String uuid(ResourceKey key) {
        return Domain.uuid(key).toString();
    }

    private List<Domain> look(List<UUID> uuids) throws DriverFault {
        StringBuilder script = new StringBuilder();
        for (UUID uuid : uuids) {
            script.append("echo %s; domstate %s --reason; dumpxml %s; ".formatted(MARK, uuid, uuid));
        }
        // One that has gone meanwhile is an error; the last command is none.
        return parse(run(script + "echo " + MARK));
    }

    /** Those of ours in what the commands above say; virsh may or may not end a line after an echo. */
    List<Domain> parse(String said) throws DriverFault {
        List<Domain> domains = new ArrayList<>();
        for (String each : said.split(MARK)) {
            int definition = each.indexOf("<domain");
            if (definition >= 0) {
                reader.read(
                                each.substring(0, definition).strip(),
                                each.substring(definition).strip())
                        .ifPresent(domains::add);
            }
        }
        return domains;
    }

    private String run(String... arguments) throws DriverFault {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(List.of(arguments));
        Programs.Ended ended;
        try {
            ended = programs.end(command);
        } catch (DriverFault fault) {
            if (!Tools.problems(List.of(PROGRAM)).isEmpty()) {
                throw fault;
            }
            throw DriverFault.failed(fault.reason() + ": systemctl restart libvirtd if it hangs for you, too");
        }
        if (ended.code() == 0) {
            return ended.out();
        }
        throw DriverFault.failed(
                ended.err().contains("failed to connect to the hypervisor")
                        ? "libvirt does not run on this host: systemctl start libvirtd (%s)".formatted(ended.said())
                        : "libvirt refuses to %s: %s".formatted(arguments[0], ended.said()));
    }
}
