package io.archipelago.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.host.HostMessage.HostRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Under its systemd unit the agent can load no module: the file that has them loaded at boot names all that it would. */
class ModulesAtBootTest {

    private static final Path AT_BOOT = Path.of("../deploy/systemd/archipelago-modules.conf");
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern LOADED =
            Pattern.compile("(?:\\.load\\(|MODULES = List\\.of\\()\\s*(\"[a-z0-9_A-Z]+\"(?:,\\s*\"[a-z0-9_A-Z]+\")*)");
    private static final Pattern NAME = Pattern.compile("\"(\\w+)\"");

    @Test
    void nameAllThatDriversLoad() throws IOException {
        Set<String> loaded = loaded();

        assertThat(loaded).contains("8021q", "xt_TPROXY", "iscsi_target_mod");
        assertThat(atBoot()).containsAll(loaded);
    }

    @Test
    void nameAllThatAHostIsSaidToLack() throws IOException {
        assertThat(atBoot()).containsAll(Needs.of(EnumSet.allOf(HostRole.class)).modules());
    }

    private static Set<String> atBoot() throws IOException {
        return Files.readAllLines(AT_BOOT).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .collect(Collectors.toSet());
    }

    private static Set<String> loaded() throws IOException {
        Set<String> loaded = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            for (Path source : sources) {
                LOADED.matcher(Files.readString(source))
                        .results()
                        .flatMap(call -> NAME.matcher(call.group(1)).results())
                        .forEach(name -> loaded.add(name.group(1)));
            }
        }
        return loaded;
    }
}
