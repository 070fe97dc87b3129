package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whom PostgreSQL runs as. It refuses to run as root, so root lends it an unprivileged user that every Debian has;
 * an ordinary user runs it as itself.
 */
record ServiceUser(int uid, int gid, boolean borrowed) {

    private static final Path USERS = Path.of("/etc/passwd");
    private static final List<String> PREFERRED = List.of("postgres", "nobody");
    private static final int ROOT = 0;

    /** The user for data that is, or will be, at the given path: whoever owns it already, so that it stays usable. */
    static ServiceUser forData(Path data) throws IOException {
        int self = attribute(Path.of("/proc/self"), "unix:uid");
        if (self != ROOT) {
            return new ServiceUser(self, attribute(Path.of("/proc/self"), "unix:gid"), false);
        }
        if (Files.exists(data) && attribute(data, "unix:uid") != ROOT) {
            return new ServiceUser(attribute(data, "unix:uid"), attribute(data, "unix:gid"), true);
        }
        List<String[]> users;
        try (Stream<String> lines = Files.lines(USERS)) {
            users = lines.map(line -> line.split(":"))
                    .filter(fields -> fields.length > 3)
                    .toList();
        }
        for (String name : PREFERRED) {
            for (String[] user : users) {
                if (user[0].equals(name)) {
                    return new ServiceUser(Integer.parseInt(user[2]), Integer.parseInt(user[3]), true);
                }
            }
        }
        throw new IOException("PostgreSQL does not run as root, and " + USERS + " has none of the users "
                + String.join(", ", PREFERRED) + ". Run as an ordinary user, or: useradd --system postgres");
    }

    /**
     * The command as this user. Where the user cannot reach the given files (a home directory such as /root is closed
     * to it), the process keeps the one capability that opens the way, and nothing else of root's.
     */
    List<String> command(List<String> command, Path... mustReach) throws IOException, InterruptedException {
        if (!borrowed) {
            return command;
        }
        List<String> whole = new ArrayList<>(dropTo());
        if (!reaches(mustReach)) {
            whole.addAll(List.of("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"));
        }
        whole.addAll(command);
        return whole;
    }

    void own(Path path) throws IOException {
        if (borrowed) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private boolean reaches(Path... paths) throws IOException, InterruptedException {
        for (Path path : paths) {
            List<String> test = new ArrayList<>(dropTo());
            test.addAll(List.of("test", "-x", path.toString()));
            if (new ProcessBuilder(test).start().waitFor() != 0) {
                return false;
            }
        }
        return true;
    }

    private List<String> dropTo() {
        return List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups");
    }

    private static int attribute(Path path, String name) throws IOException {
        return (Integer) Files.getAttribute(path, name);
    }
}
