package io.archipelago.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the documentation names is there: files, types and their members, topics. */
class DocsTest {

    private static final Path ROOT =
            Path.of(System.getProperty("vc.root", "..")).toAbsolutePath().normalize();
    private static final List<String> AT_THE_ROOT = List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md");

    private static final Pattern BLOCK = Pattern.compile("^ *```.*?^ *```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern QUOTED = Pattern.compile("`([^`\\n]+)`");

    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*|#.*");
    /** Relative, of plain names; a path of the API or of the machine begins with a slash. */
    private static final Pattern PATH = Pattern.compile("[\\w.-]+(/[\\w.-]+)+/?|[\\w.-]+/");

    private static final Pattern COMMAND = Pattern.compile("\\./(\\S+)( .*)?");
    private static final Pattern FILE = Pattern.compile("[\\w-]+\\.(java|md|sh|sql|properties)");
    private static final Pattern TYPE = Pattern.compile("([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.([A-Za-z]\\w*))?");
    /** In the conventions X stands for any name. */
    private static final Pattern ANY_TYPE = Pattern.compile("X([A-Z][a-z]\\w*)");

    private static final Pattern TOPIC = Pattern.compile("[a-z0-9<>.-]+\\.v[0-9]+");
    private static final Pattern PLACEHOLDER = Pattern.compile("<[a-z]+>");
    private static final String ANY_NAME = "[a-z0-9-]+";

    private static Sources sources;

    @BeforeAll
    static void readSources() throws IOException {
        sources = new Sources(ROOT);
    }

    @Test
    void everythingNamedInTheDocumentationIsThere() throws IOException {
        List<String> missing = new ArrayList<>();
        int names = 0;
        for (Path document : documents()) {
            String text = Files.readString(document);
            names += names(text).size();
            missing.addAll(missing(document, text));
        }

        assertThat(missing).isEmpty();
        assertThat(names).as("names that were looked at").isGreaterThan(100);
    }

    @Test
    void whatIsNotThereIsNoticed() {
        assertThat(missing(ROOT.resolve("docs/messages.md"), """
                        [gone](adr/0000-gone.md), [there](hosts.md), [elsewhere](https://example.org/gone.md), `bus/gone`, `deploy/local/`,
                        `gone/`, `./gone up`, `./vc up`, `Gone.java`, `package-info.java`, `NoSuchType`, `OutboxRelay`, `Instant.now`, `Tx.gone`,
                        `Tx.tombstone`, `XGone`, `XService`, `gone.events.v1`, `<participant>.events.v1`, `host.<host>.gone.v1`,
                        `federation.to.<site>.v1`, `GET /api/v1/gone`, `ACTIVE`
                        ```
                        `AlsoGone` in an example
                        ```
                        """))
                .extracting(complaint -> complaint.substring(complaint.indexOf(": ") + 2))
                .containsExactlyInAnyOrder(
                        "adr/0000-gone.md",
                        "bus/gone",
                        "gone/",
                        "./gone up",
                        "Gone.java",
                        "NoSuchType",
                        "Tx.gone",
                        "XGone",
                        "gone.events.v1",
                        "host.<host>.gone.v1");
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        AT_THE_ROOT.forEach(name -> documents.add(ROOT.resolve(name)));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents;
    }

    private static List<String> missing(Path document, String text) {
        String prose = BLOCK.matcher(text).replaceAll("");
        List<String> missing = new ArrayList<>();
        links(prose).filter(link -> !leadsSomewhere(document, link)).forEach(missing::add);
        names(prose).stream().filter(Predicate.not(DocsTest::isThere)).forEach(missing::add);
        return missing.stream()
                .map(name -> ROOT.relativize(document) + ": " + name)
                .toList();
    }

    private static Stream<String> links(String prose) {
        return LINK.matcher(prose).results().map(found -> found.group(1));
    }

    private static List<String> names(String prose) {
        return QUOTED.matcher(prose).results().map(found -> found.group(1)).toList();
    }

    private static boolean leadsSomewhere(Path document, String link) {
        return ELSEWHERE.matcher(link).matches() || Files.exists(document.resolveSibling(link.replaceFirst("#.*", "")));
    }

    /** What looks like none of the kinds of names is taken for granted. */
    private static boolean isThere(String name) {
        if (TOPIC.matcher(name).matches()) {
            return isTopic(name);
        }
        if (PATH.matcher(name).matches()) {
            return Files.exists(sources.root().resolve(name));
        }
        if (FILE.matcher(name).matches()) {
            return sources.hasFileNamed(name);
        }
        Matcher command = COMMAND.matcher(name);
        if (command.matches()) {
            return Files.exists(sources.root().resolve(command.group(1)));
        }
        Matcher any = ANY_TYPE.matcher(name);
        if (any.matches()) {
            return sources.hasTypeThatEndsWith(any.group(1));
        }
        Matcher type = TYPE.matcher(name);
        return !type.matches()
                || sources.hasType(type.group(1))
                        && (type.group(2) == null || sources.hasMember(type.group(1), type.group(2)));
    }

    private static boolean isTopic(String name) {
        Pattern topic =
                Pattern.compile(PLACEHOLDER.matcher(name.replace(".", "\\.")).replaceAll(ANY_NAME));
        return topics().anyMatch(known -> topic.matcher(known).matches());
    }

    private static Stream<String> topics() {
        HostId host = new HostId("tokyo-c01");
        return Stream.concat(
                Topics.ofServices().stream(),
                Stream.of(Topics.federationTo(new SiteId("tokyo")), Topics.desired(host), Topics.observed(host)));
    }
}
