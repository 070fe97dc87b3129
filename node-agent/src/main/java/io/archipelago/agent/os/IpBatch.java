package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands for ip(8) that are run one after the other by one process, for to start one takes longer than what it does. They end at the
 * first that fails. No word in them contains a space.
 */
public final class IpBatch {

    private final Programs programs;
    private final List<String> where;
    private final List<String> commands = new ArrayList<>();

    private IpBatch(Programs programs, List<String> where) {
        this.programs = programs;
        this.where = where;
    }

    /** For the host's own interfaces. */
    public static IpBatch onHost(Programs programs) {
        return new IpBatch(programs, List.of());
    }

    /** For those of a namespace. */
    static IpBatch in(String namespace, Programs programs) {
        return new IpBatch(programs, List.of("-n", namespace));
    }

    /** Adds a command, in the words of {@link String#format}. */
    public IpBatch add(String command, Object... words) {
        commands.add(command.formatted(words));
        return this;
    }

    public void run() throws DriverFault {
        Scratch.with(commands, file -> {
            List<String> command = new ArrayList<>(List.of("ip"));
            command.addAll(where);
            command.addAll(List.of("-batch", file));
            Programs.Ended ended = programs.end(command);
            if (ended.code() != 0) {
                throw DriverFault.failed(
                        "ip could not do one of '%s': %s".formatted(String.join("; ", commands), ended.said()));
            }
        });
    }
}
