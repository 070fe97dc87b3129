package io.archipelago.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is on a host at one moment that a cluster could leave behind: volumes, targets, sessions, domains; network interfaces, addresses,
 * routes, queues, switches of the kernel and filter rules in every network namespace; mounts, processes, and the files of some directories.
 * One line for each, sorted.
 */
public record Snapshot(List<String> lines) {

    public Snapshot {
        lines = lines.stream().sorted().toList();
    }

    static Snapshot of(String text) {
        return new Snapshot(
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
    }

    /** What of the given kind there is, as {@code volume}, {@code process} or {@code interface}. */
    public List<String> of(Kind kind) {
        String prefix = kind.word + ": ";
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }

    /** The first word of a line. */
    public enum Kind {
        VOLUME("volume"),
        BACKSTORE("backstore"),
        TARGET("target"),
        SESSION("session"),
        INTERFACE("interface"),
        ADDRESS("address"),
        ROUTE("route"),
        RULE("rule"),
        NAMESPACE("namespace"),
        IPTABLES("iptables"),
        EBTABLES("ebtables"),
        MOUNT("mount"),
        PROCESS("process"),
        FILE("file");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /** What has to be done to this one to get the later one: lines that begin with {@code - } and {@code + }. Empty: they are the same. */
    public List<String> difference(Snapshot later) {
        TreeMap<String, Integer> balance = new TreeMap<>();
        lines.forEach(line -> balance.merge(line, -1, Integer::sum));
        later.lines.forEach(line -> balance.merge(line, 1, Integer::sum));
        List<String> difference = new ArrayList<>();
        balance.forEach((line, surplus) -> {
            for (int i = 0; i < Math.abs(surplus); i++) {
                difference.add((surplus < 0 ? "- " : "+ ") + line);
            }
        });
        return difference;
    }
}
