package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host's iSCSI sessions: seen in sysfs, begun and ended by open-iscsi. No session is begun by anybody but the agent
 * ({@code node.startup} is {@code manual}), also not when the host starts.
 */
final class Sessions {

    private static final int SERIAL_HEADER = 4;

    private final KernelTree sys;
    private final Path records;
    private final Programs programs;

    /**
     * @param sys the root of sysfs
     * @param records the directory in which open-iscsi keeps what it knows of targets
     */
    Sessions(KernelTree sys, Path records, Programs programs) {
        this.sys = sys;
        this.records = records;
        this.programs = programs;
    }

    /** All of the host, also those of others. */
    List<Session> all() throws DriverFault {
        KernelTree sessions = sys.at("class", "iscsi_session");
        List<Session> all = new ArrayList<>();
        for (String name : sessions.names()) {
            KernelTree session = sessions.at(name);
            Optional<String> target = session.text("targetname");
            if (target.isPresent()) {
                String block = block(session.at("device"));
                all.add(new Session(
                        target.get(), portal(name), session.text("state").orElse(""), block, serial(block)));
            }
        }
        return all;
    }

    /**
     * Begins a session.
     *
     * @param answerSeconds how long the kernel keeps what is written while the target does not answer, before it fails
     */
    void login(String target, String portal, String user, String secret, int answerSeconds) throws DriverFault {
        programs.run("iscsiadm", "--mode", "node", "--op", "new", "--targetname", target, "--portal", portal);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("node.startup", "manual");
        settings.put("node.session.auth.authmethod", "CHAP");
        settings.put("node.session.auth.username", user);
        settings.put("node.session.auth.password", secret);
        settings.put("node.session.timeo.replacement_timeout", Integer.toString(answerSeconds));
        for (Path record : recordsOf(target)) {
            amend(record, settings);
        }
        Programs.Ended ended = programs.end(
                List.of("iscsiadm", "--mode", "node", "--targetname", target, "--portal", portal, "--login"));
        if (ended.code() != 0) {
            forget(target);
            throw fault(ended);
        }
    }

    /** Ends the session with a target, if there is one, and forgets the target. */
    void logout(String target) throws DriverFault {
        if (all().stream().anyMatch(session -> session.target().equals(target))) {
            programs.run("iscsiadm", "--mode", "node", "--targetname", target, "--logout");
        }
        forget(target);
    }

    /** Has the kernel ask a target anew how large its LUN is. */
    void rescan(String target) throws DriverFault {
        programs.run("iscsiadm", "--mode", "node", "--targetname", target, "--rescan");
    }

    /** The targets of which open-iscsi knows, whether or not there is a session. */
    List<String> known() throws DriverFault {
        return new KernelTree(records).names();
    }

    private void forget(String target) throws DriverFault {
        if (Files.exists(records.resolve(target))) {
            programs.run("iscsiadm", "--mode", "node", "--targetname", target, "--op", "delete");
        }
    }

    /** Exit codes as in iscsiadm(8). */
    private static DriverFault fault(Programs.Ended ended) {
        return switch (ended.code()) {
            case 24 -> DriverFault.failed("the volume does not let this host in: " + ended.said());
            case 4, 8 -> DriverFault.waiting("the storage host does not answer: " + ended.said());
            default -> DriverFault.failed("iscsiadm ended with %d: %s".formatted(ended.code(), ended.said()));
        };
    }

    /** Written here and not by iscsiadm, in whose arguments everybody on the host could read the secret. */
    private static void amend(Path record, Map<String, String> settings) throws DriverFault {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(record));
            lines.removeIf(line -> settings.keySet().stream().anyMatch(key -> line.startsWith(key + " =")));
            int end = lines.indexOf("# END RECORD");
            int at = end < 0 ? lines.size() : end;
            settings.forEach((key, value) -> lines.add(at, key + " = " + value));
            Files.setPosixFilePermissions(record, PosixFilePermissions.fromString("rw-------"));
            Files.write(record, lines, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw DriverFault.failed("can not write %s: %s".formatted(record, e.getMessage()));
        }
    }

    private List<Path> recordsOf(String target) throws DriverFault {
        try (Stream<Path> below = Files.walk(records.resolve(target))) {
            return below.filter(Files::isRegularFile).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw DriverFault.failed("can not read what open-iscsi knows of %s: %s".formatted(target, e.getMessage()));
        }
    }

    private String portal(String session) throws DriverFault {
        KernelTree connection = sys.at("class", "iscsi_connection", session.replace("session", "connection") + ":0");
        return connection.text("persistent_address").orElse("") + ":"
                + connection.text("persistent_port").orElse("");
    }

    /** The block device of the first LUN: .../sessionN/targetH:B:T/H:B:T:L/block/sdX. */
    private static @Nullable String block(KernelTree device) throws DriverFault {
        for (String target : device.names()) {
            if (target.startsWith("target")) {
                for (String lun : device.at(target).names()) {
                    List<String> blocks = device.at(target, lun, "block").names();
                    if (!blocks.isEmpty()) {
                        return blocks.getFirst();
                    }
                }
            }
        }
        return null;
    }

    /** From the unit serial number page that the kernel has read (SPC-4, 7.8.15). */
    private String serial(@Nullable String block) throws DriverFault {
        if (block == null) {
            return "";
        }
        try {
            byte[] page =
                    Files.readAllBytes(sys.at("block", block, "device").root().resolve("vpd_pg80"));
            return page.length <= SERIAL_HEADER
                    ? ""
                    : new String(page, SERIAL_HEADER, page.length - SERIAL_HEADER, StandardCharsets.US_ASCII)
                            .replace("\0", "")
                            .strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw DriverFault.failed("can not read the serial number of %s: %s".formatted(block, e.getMessage()));
        }
    }
}
