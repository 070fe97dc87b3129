package io.archipelago.lab;

import java.util.List;
import java.util.Map;

/**
 * Something that a host runs as a service: from when it was given to it, after each boot, and again whenever it ends.
 *
 * @param name of its log and its files; letters, digits and hyphens
 * @param command the program and its arguments, as the host finds them; what the machine has outside of {@code /tmp} and {@code /run} is there
 * @param environment what is added to the host's own
 * @param directory the absolute path of its working directory, which is made when it is not there
 */
public record Program(String name, List<String> command, Map<String, String> environment, String directory) {

    public Program {
        if (!name.matches("[A-Za-z0-9-]+")) {
            throw new IllegalArgumentException("not a name for a program: " + name);
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
