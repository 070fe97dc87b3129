package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The kernel's iSCSI targets (LIO), by its files below {@code target} of configfs. Each volume has a target of its own with one LUN, and at
 * most one host may log in to it, with CHAP. They are gone when the power was.
 */
final class Targets {

    private static final List<String> MODULES = List.of("target_core_mod", "target_core_iblock", "iscsi_target_mod");
    private static final String LINK = "ours";

    /** How long a host whose volume was taken keeps its session. */
    private static final Duration BLINDFOLDED = Duration.ofSeconds(3);

    private final Map<String, Long> blindfolded = new HashMap<>();
    private final KernelTree root;
    private final Programs programs;
    private final HostId host;
    private final String portal;

    /**
     * @param root the directory {@code target} of configfs
     * @param portal the address and port at which volumes are served
     */
    Targets(KernelTree root, Programs programs, HostId host, String portal) {
        this.root = root;
        this.programs = programs;
        this.host = host;
        this.portal = portal;
    }

    /** The volumes of which a target, or a part of one, is there. */
    Set<ResourceKey> all() throws DriverFault {
        Set<ResourceKey> keys = new TreeSet<>();
        String ours = IscsiNames.targetsOf(host);
        for (String name : root.at("iscsi").names()) {
            if (name.startsWith(ours)) {
                ResourceKey.written(ResourceKind.VOLUME, name.substring(ours.length()))
                        .ifPresent(keys::add);
            }
        }
        for (String name : backstores().names()) {
            if (name.startsWith(ours)) {
                ResourceKey.written(ResourceKind.VOLUME, name.substring(ours.length()))
                        .ifPresent(keys::add);
            }
        }
        return keys;
    }

    /** Which hosts may log in to a volume. */
    List<String> initiators(ResourceKey key) throws DriverFault {
        return group(key).at("acls").names();
    }

    /** What is missing for a volume to be served like this, a sentence; empty if nothing is. */
    String defect(ResourceKey key, Export export) throws DriverFault {
        KernelTree backstore = backstore(key);
        KernelTree group = group(key);
        if (!backstore.says("enable", "1")
                || !backstore.says("udev_path", export.device().toString())) {
            return "its device is not served";
        }
        if (!bears(backstore, export.serial())) {
            return "its LUN bears another serial number";
        }
        if (!leadsTo(group.at("lun", "lun_0"), backstore)
                || !group.at("np").names().equals(List.of(portal))) {
            return "its target is not complete";
        }
        if (!group.at("attrib").says("authentication", "1")
                || !group.at("attrib").says("generate_node_acls", "0")) {
            return "its target would let anybody in";
        }
        List<String> mayLogIn = initiators(key);
        List<String> should = Optional.ofNullable(export.initiator())
                .map(initiator -> List.of(IscsiNames.initiator(initiator)))
                .orElse(List.of());
        if (!mayLogIn.equals(should)) {
            return "other hosts may attach it than should";
        }
        for (String initiator : should) {
            KernelTree acl = group.at("acls", initiator);
            if (!acl.at("auth").says("userid", export.chapUser())
                    || !acl.at("auth").says("password", export.chapSecret())) {
                return "another name or secret for CHAP is asked for";
            }
            if (acl.at("lun_0").links().isEmpty()) {
                return "the host that may attach it is shown no LUN";
            }
        }
        return group.says("enable", "1") ? "" : "its target is switched off";
    }

    /** Serves a volume like this; what is there and is right is left alone, so that a session that may be goes on. */
    void serve(ResourceKey key, Export export) throws DriverFault {
        load();
        KernelTree backstore = backstore(key);
        if (isOther(key, export)) {
            end(key);
        }
        backstore.make();
        if (!backstore.says("enable", "1")) {
            backstore.write("control", "udev_path=" + export.device());
            backstore.write("enable", "1");
            // Only then: the kernel takes the path that it opens from here too.
            backstore.write("udev_path", export.device().toString());
        }
        if (!bears(backstore, export.serial())) {
            backstore.at("wwn").write("vpd_unit_serial", export.serial());
        }
        KernelTree group = group(key);
        group.make();
        KernelTree lun = group.at("lun", "lun_0");
        lun.make();
        lun.link(LINK, backstore);
        for (String each : group.at("np").names()) {
            if (!each.equals(portal)) {
                group.at("np", each).remove();
            }
        }
        group.at("np", portal).make();
        group.at("attrib").say("authentication", "1");
        group.at("attrib").say("generate_node_acls", "0");
        group.at("attrib").say("cache_dynamic_acls", "0");
        admit(key, group, lun, export);
        group.say("enable", "1");
    }

    /** Ends whatever serves a volume, and cuts off whoever has it attached. */
    void end(ResourceKey key) throws DriverFault {
        KernelTree group = group(key);
        if (group.exists()) {
            group.say("enable", "0");
            for (String initiator : initiators(key)) {
                expel(group, initiator);
            }
            KernelTree lun = group.at("lun", "lun_0");
            unlink(lun);
            lun.remove();
            for (String each : group.at("np").names()) {
                group.at("np", each).remove();
            }
            group.remove();
        }
        target(key).remove();
        backstore(key).remove();
    }

    private void admit(ResourceKey key, KernelTree group, KernelTree lun, Export export) throws DriverFault {
        String wanted = export.initiator() == null ? "" : IscsiNames.initiator(export.initiator());
        for (String initiator : initiators(key)) {
            if (!initiator.equals(wanted)) {
                blindfold(group, initiator);
                // With the target switched off, sessions end now and none is begun while the host still may.
                group.say("enable", "0");
                expel(group, initiator);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        KernelTree acl = group.at("acls", wanted);
        acl.make();
        acl.at("auth").say("userid", export.chapUser());
        acl.at("auth").say("password", export.chapSecret());
        acl.at("lun_0").make();
        if (acl.at("lun_0").links().isEmpty()) {
            acl.at("lun_0").link(LINK, lun);
        }
    }

    /**
     * Takes the LUN from a host that is logged in, some time before its session is ended: what it writes fails then. Without a session it
     * would wait for the session to come back.
     *
     * @throws DriverFault waiting, until the time is over
     */
    private void blindfold(KernelTree group, String initiator) throws DriverFault {
        KernelTree acl = group.at("acls", initiator);
        String which = acl.root().toString();
        if (!acl.text("info").orElse("").contains("LOGGED_IN")) {
            blindfolded.remove(which);
            return;
        }
        if (!acl.at("lun_0").links().isEmpty()) {
            unlink(acl.at("lun_0"));
            blindfolded.put(which, System.nanoTime());
        }
        Long since = blindfolded.get(which);
        if (since != null && System.nanoTime() - since < BLINDFOLDED.toNanos()) {
            throw DriverFault.waiting(
                    "the host that had it attached can not read or write it any more, its session ends next");
        }
        blindfolded.remove(which);
    }

    private static void expel(KernelTree group, String initiator) throws DriverFault {
        KernelTree acl = group.at("acls", initiator);
        unlink(acl.at("lun_0"));
        acl.at("lun_0").remove();
        acl.remove();
    }

    private static void unlink(KernelTree directory) throws DriverFault {
        for (Path link : directory.links()) {
            new KernelTree(link).remove();
        }
    }

    /** Whether what is there serves something else, or half of it: it can not be changed while it is served. */
    private boolean isOther(ResourceKey key, Export export) throws DriverFault {
        KernelTree backstore = backstore(key);
        KernelTree lun = group(key).at("lun", "lun_0");
        return backstore.exists()
                        && !(backstore.says("udev_path", export.device().toString())
                                && bears(backstore, export.serial()))
                || !lun.links().isEmpty() && !leadsTo(lun, backstore);
    }

    private static boolean bears(KernelTree backstore, String serial) throws DriverFault {
        return backstore.at("wwn").text("vpd_unit_serial").orElse("").endsWith(serial);
    }

    private static boolean leadsTo(KernelTree directory, KernelTree to) throws DriverFault {
        for (Path link : directory.links()) {
            if (new KernelTree(link).isSame(to)) {
                return true;
            }
        }
        return false;
    }

    private void load() throws DriverFault {
        if (!root.at("iscsi").exists()) {
            List<String> command = new ArrayList<>(List.of("modprobe", "--all"));
            command.addAll(MODULES);
            programs.run(command.toArray(String[]::new));
            root.at("iscsi").make();
        }
    }

    private KernelTree backstores() {
        return root.at("core", "iblock_0");
    }

    private KernelTree backstore(ResourceKey key) {
        return backstores().at(IscsiNames.target(host, key));
    }

    private KernelTree target(ResourceKey key) {
        return root.at("iscsi", IscsiNames.target(host, key));
    }

    private KernelTree group(ResourceKey key) {
        return target(key).at("tpgt_1");
    }
}
