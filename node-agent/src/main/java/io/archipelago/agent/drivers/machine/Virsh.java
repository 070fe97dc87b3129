package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Scratch;
import io.archipelago.agent.os.Tools;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** What the agent asks of libvirt, by its command {@code virsh}. */
final class Virsh {

    private static final String PROGRAM = "virsh";

    /** What each command begins with. */
    static final List<String> COMMAND = List.of(PROGRAM, "--quiet", "--connect", "qemu:///system");

    private final Programs programs;
    private final List<String> prefix;
    private final DomainQuery query = new DomainQuery();

    /** Those that were there at the last look. */
    private Set<UUID> known = Set.of();

    Virsh(Programs programs) {
        this(programs, COMMAND);
    }

    /**
     * @param prefix what each command begins with, such as a program that answers as {@code virsh} does
     */
    Virsh(Programs programs, List<String> prefix) {
        this.programs = programs;
        this.prefix = prefix;
    }

    /** A command, to be run by others. */
    List<String> command(String... arguments) {
        return Stream.concat(prefix.stream(), Stream.of(arguments)).toList();
    }

    /** Looks at all domains, with one command however many there are; with a second when there are others than before. */
    synchronized Listing list() throws DriverFault {
        for (int look = 1; look <= 2; look++) {
            String said = run(query.commands(known));
            Optional<Listing> listing = query.read(said);
            if (listing.isPresent()) {
                return listing.get();
            }
            known = query.listed(said).keySet();
        }
        // Whoever took that for a domain of others would take a machine for gone.
        throw DriverFault.failed("libvirt lists domains of which it tells nothing: look at virsh list --all");
    }

    /** Has libvirt keep a definition; of a domain that it knows already, the former one. */
    void define(String definition) throws DriverFault {
        Path file = null;
        try {
            file = Scratch.file(".xml");
            Files.writeString(file, definition);
            run("define", file.toString());
        } catch (IOException e) {
            throw DriverFault.failed("a domain's definition can not be written: " + e);
        } finally {
            Scratch.delete(file);
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

    private String run(String... arguments) throws DriverFault {
        Programs.Ended ended;
        try {
            ended = programs.end(command(arguments));
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
