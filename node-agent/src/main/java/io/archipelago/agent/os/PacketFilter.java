package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of iptables(8), of the host or of a network namespace. Where the kernel has nf_tables for IPv4 they are kept there, else in
 * the older tables.
 */
public final class PacketFilter {

    private static final String MODERN = "iptables-nft";
    private static final String LEGACY = "iptables-legacy";
    private static final String TRIED = "ARCHIPELAGO-TRIED";

    private final Programs programs;
    private final List<String> where;
    private final Kind kind;

    /** Which program is the right one: found out when first needed, for most hosts need none. */
    private static final class Kind {

        /** Two that try at the same time would take each other's chain away, and one would find the older tables. */
        private static final Object TRYING = new Object();

        private @Nullable String program;

        /** What the kernel has is tried: the programs list an empty table also where it has none. */
        String program(Programs programs) throws DriverFault {
            synchronized (TRYING) {
                if (program == null) {
                    programs.end(List.of(MODERN, "--table", "nat", "--new-chain", TRIED));
                    boolean modern = programs.end(List.of(MODERN, "--table", "nat", "--delete-chain", TRIED))
                                    .code()
                            == 0;
                    program = modern ? MODERN : LEGACY;
                }
                return program;
            }
        }
    }

    private PacketFilter(Programs programs, List<String> where, Kind kind) {
        this.programs = programs;
        this.where = where;
        this.kind = kind;
    }

    /** The host's own. */
    public static PacketFilter ofHost(Programs programs) {
        return new PacketFilter(programs, List.of(), new Kind());
    }

    /** Those of a namespace. */
    public PacketFilter in(Namespace namespace) {
        return new PacketFilter(programs, List.of("ip", "netns", "exec", namespace.name()), kind);
    }

    /** Loads modules of the kernel, which has not always the means to do that by itself; those built into it are not missed. */
    public void load(String... modules) throws DriverFault {
        List<String> command = new ArrayList<>(List.of("modprobe", "--all", "--quiet"));
        command.addAll(List.of(modules));
        programs.end(command);
    }

    /**
     * Puts rules in force, those of a table all or none.
     *
     * @param rules as of iptables-restore(8); chains that are not named in them are left as they are
     */
    public void restore(List<String> rules) throws DriverFault {
        Scratch.with(rules, file -> run("-restore", "--wait", "5", "--noflush", file));
    }

    /** All rules, in the words of iptables-save(8) after the name of their table: {@code nat -A POSTROUTING ..}. One command. */
    public List<String> rules() throws DriverFault {
        List<String> rules = new ArrayList<>();
        String table = "";
        for (String line : run("-save").lines().toList()) {
            if (line.startsWith("*")) {
                table = line.substring(1);
            } else if (line.startsWith("-A ")) {
                rules.add(table + " " + line);
            }
        }
        return rules;
    }

    private String run(String variant, String... arguments) throws DriverFault {
        List<String> whole = new ArrayList<>(where);
        whole.add(kind.program(programs) + variant);
        whole.addAll(List.of(arguments));
        return programs.run(whole.toArray(String[]::new));
    }
}
