package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The host's iSCSI sessions: seen in sysfs, begun and ended by open-iscsi. */
final class Sessions {

    private static final Pattern LUN = Pattern.compile("\\d+(:\\d+){3}");
    private static final String NAME = "session";
    private static final int SERIAL_HEADER = 4;
    private static final long SECTOR = 512;

    private final KernelTree sys;
    private final Records records;
    private final Programs programs;

    /**
     * @param sys the root of sysfs
     */
    Sessions(KernelTree sys, Records records, Programs programs) {
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
                all.add(new Session(
                        name.replace(NAME, ""),
                        target.get(),
                        portal(name),
                        session.text("state").orElse(""),
                        lun(session.at("device"))));
            }
        }
        return all;
    }

    /**
     * Begins a session.
     *
     * @throws DriverFault if the target does not let this host in; waiting if it is not there
     */
    void login(Login login) throws DriverFault {
        forget(login.target());
        programs.run(
                "iscsiadm",
                "--mode",
                "node",
                "--op",
                "new",
                "--targetname",
                login.target(),
                "--portal",
                login.portal());
        records.amend(login);
        Programs.Ended ended =
                programs.end(List.of("iscsiadm", "--mode", "node", "--targetname", login.target(), "--login"));
        if (ended.code() != 0) {
            throw fault(login, ended);
        }
    }

    /** Ends the sessions with a target, if there are any, and forgets the target. What is being written to it fails. */
    void logout(String target) throws DriverFault {
        for (Session session : all()) {
            if (session.target().equals(target)) {
                end(session);
            }
        }
        forget(target);
    }

    /** Ends a session; what is being written to it fails. */
    void end(Session session) throws DriverFault {
        // By its number: open-iscsi may have lost what it wrote down of the target.
        programs.run("iscsiadm", "--mode", "session", "--sid", session.id(), "--logout");
    }

    /** Has the kernel look for the LUN of a session that shows none. */
    void rescan(Session session) throws DriverFault {
        programs.run("iscsiadm", "--mode", "session", "--sid", session.id(), "--rescan");
    }

    /** Has the kernel try a device again that it gave up. */
    void revive(Session.Lun lun) throws DriverFault {
        sys.at("block", lun.block(), "device").write("state", "running");
    }

    private void forget(String target) throws DriverFault {
        records.clear(target);
        if (records.targets().contains(target)) {
            programs.run("iscsiadm", "--mode", "node", "--targetname", target, "--op", "delete");
        }
    }

    /** Exit codes as in iscsiadm(8). */
    private static DriverFault fault(Login login, Programs.Ended ended) {
        String portal = login.portal();
        return switch (ended.code()) {
            case 24 ->
                DriverFault.failed(
                        "the storage host at %s does not let this host in: its volume is not exported to %s, or with another name or secret for CHAP"
                                .formatted(portal, login.initiator()));
            case 4, 8, 11 -> DriverFault.waiting("the storage host does not answer at " + portal);
            case 5, 19 -> DriverFault.waiting("the storage host at %s does not serve the volume yet".formatted(portal));
            case 12 ->
                DriverFault.failed(
                        "the kernel of this host has no iSCSI initiator: modprobe iscsi_tcp (" + ended.said() + ")");
            case 18, 20 ->
                DriverFault.failed(
                        "iscsid does not answer on this host: systemctl enable --now iscsid (package open-iscsi)");
            default -> DriverFault.failed("iscsiadm ended with %d: %s".formatted(ended.code(), ended.said()));
        };
    }

    private String portal(String session) throws DriverFault {
        KernelTree connection = sys.at("class", "iscsi_connection", session.replace(NAME, "connection") + ":0");
        String address = connection.text("persistent_address").orElse("");
        String port = connection.text("persistent_port").orElse("");
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    /** The first block device below: .../sessionN/targetH:B:T/H:B:T:L/block/sdX. */
    private Session.@Nullable Lun lun(KernelTree device) throws DriverFault {
        for (String target : device.names()) {
            if (target.startsWith("target")) {
                for (String lun : device.at(target).names()) {
                    if (!LUN.matcher(lun).matches()) {
                        continue;
                    }
                    List<String> blocks = device.at(target, lun, "block").names();
                    if (!blocks.isEmpty()) {
                        return lun(blocks.getFirst());
                    }
                }
            }
        }
        return null;
    }

    private Session.Lun lun(String block) throws DriverFault {
        KernelTree tree = sys.at("block", block);
        long sectors = Long.parseLong(tree.text("size").orElse("0"));
        return new Session.Lun(
                block,
                serial(tree.at("device")),
                tree.at("device").text("state").orElse(""),
                sectors * SECTOR);
    }

    /** From the unit serial number page that the kernel has read (SPC-4, 7.8.15). */
    private static String serial(KernelTree device) throws DriverFault {
        return device.bytes("vpd_pg80")
                .filter(page -> page.length > SERIAL_HEADER)
                .map(page -> new String(page, SERIAL_HEADER, page.length - SERIAL_HEADER, StandardCharsets.US_ASCII)
                        .replace("\0", "")
                        .strip())
                .orElse("");
    }
}
