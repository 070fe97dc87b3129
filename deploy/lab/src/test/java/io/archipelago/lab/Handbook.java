package io.archipelago.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that a page of the documentation tells an operator to type: the lines of its blocks of {@code sh}. */
final class Handbook {

    private static final Pattern BLOCK = Pattern.compile("^ *```sh\n(.*?)^ *```$", Pattern.MULTILINE | Pattern.DOTALL);
    /** The comment behind a command that is not for all hosts. */
    private static final Pattern FOR_SOME = Pattern.compile("(.*?)\\s+# ([A-Z]+(?:, [A-Z]+)*)");

    private Handbook() {}

    /** In their order, those for a host of a role. */
    static List<String> commands(Path page, Role role) throws IOException {
        return commands(Files.readString(page), role);
    }

    static List<String> commands(String page, Role role) {
        return BLOCK.matcher(page)
                .results()
                .flatMap(block -> block.group(1).lines())
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .flatMap(line -> forRole(line, role))
                .toList();
    }

    private static Stream<String> forRole(String line, Role role) {
        Matcher some = FOR_SOME.matcher(line);
        if (!some.matches()) {
            return Stream.of(line);
        }
        return List.of(some.group(2).split(", ")).contains(role.name()) ? Stream.of(some.group(1)) : Stream.empty();
    }
}
