package io.archipelago.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether this machine can have a lab. */
public final class Machine {

    private static final int ROOT = 0;

    private Machine() {}

    /** Why it can have none, as the end of a sentence; empty when it can. Packages that are missing are no reason: root installs them. */
    public static Optional<String> obstacle() {
        Optional<String> obstacle = notRootOnDebian();
        if (obstacle.isPresent()) {
            return obstacle;
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            return Optional.of("there is no /dev/net/tun (modprobe tun makes it, unless this is a container)");
        }
        return Optional.empty();
    }

    /** Why packages can not be installed here, as the end of a sentence; empty when they can. */
    public static Optional<String> notRootOnDebian() {
        if (!System.getProperty("os.arch").equals("amd64") || !Files.exists(Path.of("/etc/debian_version"))) {
            return Optional.of("this is not Debian on x86-64");
        }
        return isRoot() ? Optional.empty() : Optional.of("this is not root");
    }

    static void demand() throws IOException {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            throw new IOException("The lab needs root on Debian with /dev/net/tun, and " + obstacle.get() + ".");
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(ROOT);
        } catch (IOException e) {
            throw new IllegalStateException("/proc is not there", e);
        }
    }
}
