package io.archipelago.agent.drivers.link;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The network devices of links: made in the gateway's own namespace, at home in a cluster's. Our id is the alias of each; a device with
 * another alias is left alone.
 */
final class Devices {

    /** Says: the namespace that the gateway itself is in. */
    private static final String OWN = "";

    private static final Duration TO_APPEAR = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Programs programs;

    /**
     * @param programs run where the gateway's way to the WAN is
     */
    Devices(Programs programs) {
        this.programs = programs;
    }

    /** Waits for a device that a process is to make in the gateway's own namespace; whether it came. */
    boolean appears(String device) throws DriverFault {
        long end = System.nanoTime() + TO_APPEAR.toNanos();
        while (show(OWN, device).isEmpty()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Brings a device into the cluster's namespace if it is not there yet, and writes on it whose it is. */
    void settle(Link link, String device) throws DriverFault {
        String namespace = link.place().namespace();
        if (show(namespace, device).isEmpty()) {
            programs.run("ip", "link", "set", "dev", device, "alias", link.label());
            programs.run("ip", "link", "set", "dev", device, "netns", namespace);
        }
        programs.run("ip", "-n", namespace, "link", "set", "dev", device, "alias", link.label());
    }

    /** Makes the link's device a port of the cluster's bridge. */
    void plug(Link link) throws DriverFault {
        String mtu = Integer.toString(link.spec().mtu());
        String bridge = link.place().bridge();
        run(link, "link", "set", "dev", link.device(), "address", link.mac(), "mtu", mtu, "master", bridge, "up");
    }

    /** Runs {@code ip} in the cluster's namespace. */
    void run(Link link, String... arguments) throws DriverFault {
        programs.run(ip(link.place().namespace(), arguments).toArray(String[]::new));
    }

    /** What is wrong with the link's device, a sentence; empty if nothing. */
    String defect(Link link) throws DriverFault {
        Optional<JsonNode> device = show(link.place().namespace(), link.device());
        if (device.isEmpty()) {
            return "its device is gone";
        }
        JsonNode is = device.get();
        if (!alias(is).equals(link.label())) {
            return "its device does not bear its name";
        }
        if (!is.path("master").asText().equals(link.place().bridge())) {
            return "its device is not plugged into the cluster's bridge";
        }
        if (is.path("mtu").asInt() != link.spec().mtu()) {
            return "its device carries other frames than the cluster's";
        }
        for (JsonNode flag : is.path("flags")) {
            if (flag.asText().equals("UP")) {
                return "";
            }
        }
        return "its device is switched off";
    }

    /** Removes a link's devices wherever they are. */
    void remove(ResourceKey key, Place place) throws DriverFault {
        for (String device : List.of(Link.device(key), Link.lowerDevice(key))) {
            remove(key, place.namespace(), device);
            remove(key, OWN, device);
        }
    }

    private void remove(ResourceKey key, String namespace, String device) throws DriverFault {
        Optional<JsonNode> there = show(namespace, device);
        if (there.isEmpty()) {
            return;
        }
        String alias = alias(there.get());
        // Without an alias it was cut off while it was made: its name, which comes from our id, says whose it is.
        if (!alias.isEmpty() && !alias.equals(Link.label(key))) {
            throw DriverFault.failed("the device %s is of \"%s\", and is left alone".formatted(device, alias));
        }
        Programs.Ended ended = programs.end(ip(namespace, "link", "delete", "dev", device));
        // One that a process has made goes when the process does, which may be just now.
        if (ended.code() != 0 && show(namespace, device).isPresent()) {
            throw DriverFault.failed("the device %s can not be removed: %s".formatted(device, ended.said()));
        }
    }

    /** Nothing also if the namespace is not there. */
    private Optional<JsonNode> show(String namespace, String device) throws DriverFault {
        Programs.Ended ended = programs.end(ip(namespace, "-json", "link", "show", "dev", device));
        if (ended.code() == 0) {
            for (JsonNode each : Told.json("ip", ended.out())) {
                if (each.path("ifname").asText().equals(device)) {
                    return Optional.of(each);
                }
            }
        }
        return Optional.empty();
    }

    private static String alias(JsonNode device) {
        return device.path("ifalias").asText();
    }

    private static List<String> ip(String namespace, String... arguments) {
        List<String> command = new ArrayList<>(namespace.equals(OWN) ? List.of("ip") : List.of("ip", "-n", namespace));
        Collections.addAll(command, arguments);
        return command;
    }
}
