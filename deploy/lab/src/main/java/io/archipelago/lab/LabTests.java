package io.archipelago.lab;

import io.archipelago.local.Archives;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Runs JUnit tests of a module on a host of the lab: those whose class names end in {@code LT}, which Maven leaves alone. The module must be
 * compiled, and have its tests' class path in {@code target/test-class-path.txt}.
 */
public final class LabTests {

    private static final String CLASS_PATH = "target/test-class-path.txt";
    private static final String TEST_CLASSES = "target/test-classes";
    private static final String CLASS_SUFFIX = "LT.class";
    /** What tests are told by these they are told on a host too, unless they are told otherwise there. */
    private static final List<String> SETTINGS = List.of("vc.tests.all", "vc.tests.seed");

    private static final String LAUNCHER = "org.junit.platform.console.ConsoleLauncher";
    private static final Pattern LAUNCHER_JAR = Pattern.compile("(junit-platform|open-test-reporting)-.*\\.jar");
    private static final List<String> JVM = List.of(
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Darchipelago.boot-image=" + BootImage.SEEN_BY_HOSTS);
    /** Whoever has it on the class path wants it from the first line on. */
    private static final String LOG_MANAGER_JAR = "jboss-logmanager-";

    private static final String LOG_MANAGER = "-Djava.util.logging.manager=org.jboss.logmanager.LogManager";
    private static final Duration LIMIT = Duration.ofMinutes(30);

    /** Everything ran and something failed; other codes than this and 0 mean that the launcher itself broke. */
    private static final int SOME_FAILED = 1;

    private final LabHost host;
    private final Path launcherModule;

    /**
     * @param launcherModule a module with JUnit's console launcher on its tests' class path, which the tested module need not have
     */
    public LabTests(LabHost host, Path launcherModule) {
        this.host = host;
        this.launcherModule = launcherModule;
    }

    /**
     * A test that was run.
     *
     * @param name class and method
     * @param failure why it failed; empty when it did not
     * @param skipped whether it was left out
     */
    public record Case(String name, Optional<String> failure, boolean skipped) {}

    /** The names of a module's classes of tests for the lab. */
    public static List<String> classesOf(Path module) throws IOException {
        Path root = module.resolve(TEST_CLASSES);
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(CLASS_SUFFIX) && !name.contains("$"))
                    .map(name -> name.substring(0, name.lastIndexOf('.')).replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Runs some classes of a module in one JVM.
     *
     * @param settings system properties that they are told there
     * @param out gets what they say while they run
     * @return what became of each test; never empty
     * @throws IOException if they could not be run, or if no test was found
     */
    public List<Case> run(Path module, List<String> classes, Map<String, String> settings, PrintStream out)
            throws IOException {
        Path files = host.share().resolve("tests");
        Archives.delete(files);
        Files.createDirectories(files);
        List<Path> classPath = classPath(module);
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        for (Path directory : directoriesOf(classPath, java)) {
            host.show(directory);
        }
        String seen = "/lab/hosts/%s/tests".formatted(host.name());
        List<String> command = new ArrayList<>(List.of(
                "timeout",
                "--kill-after=5",
                Long.toString(LIMIT.toSeconds()),
                java.toString(),
                "@" + seen + "/arguments"));
        List<String> arguments = new ArrayList<>(JVM);
        Map<String, String> told = new TreeMap<>();
        SETTINGS.stream()
                .filter(name -> System.getProperty(name) != null)
                .forEach(name -> told.put(name, System.getProperty(name)));
        told.putAll(settings);
        told.forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        if (classPath.stream().anyMatch(jar -> jar.getFileName().toString().startsWith(LOG_MANAGER_JAR))) {
            arguments.add(LOG_MANAGER);
        }
        arguments.addAll(List.of(
                "-cp", String.join(":", classPath.stream().map(Path::toString).toList()), LAUNCHER));
        arguments.addAll(List.of("execute", "--disable-banner", "--disable-ansi-colors", "--fail-if-no-tests"));
        arguments.addAll(List.of("--details=tree", "--reports-dir=" + seen + "/reports"));
        classes.forEach(name -> arguments.add("--select-class=" + name));
        Files.write(files.resolve("arguments"), arguments);
        int code = host.follow(out, command);
        if (code != 0 && code != SOME_FAILED) {
            throw new IOException("The tests %s could not be run on %s: the launcher ended with %d"
                    .formatted(classes, host.name(), code));
        }
        return cases(files.resolve("reports"));
    }

    /** The module's own classes, what it needs, and of the launcher's jars those that are not among that. */
    private List<Path> classPath(Path module) throws IOException {
        List<Path> path = new ArrayList<>(List.of(module.resolve(TEST_CLASSES), module.resolve("target/classes")));
        path.addAll(listed(module));
        Set<Path> names = new HashSet<>();
        path.forEach(one -> names.add(one.getFileName()));
        for (Path jar : listed(launcherModule)) {
            if (LAUNCHER_JAR.matcher(jar.getFileName().toString()).matches() && names.add(jar.getFileName())) {
                path.add(jar);
            }
        }
        return path;
    }

    private static List<Path> listed(Path module) throws IOException {
        return Stream.of(Files.readString(module.resolve(CLASS_PATH)).strip().split(":"))
                .map(Path::of)
                .toList();
    }

    private static Set<Path> directoriesOf(List<Path> classPath, Path java) {
        Set<Path> directories = new HashSet<>(Set.of(java));
        classPath.forEach(one -> directories.add(one.getParent()));
        return directories;
    }

    /** From the reports of all engines; one that had nothing to do writes an empty one. */
    static List<Case> cases(Path reports) throws IOException {
        List<Case> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(reports)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().matches("TEST-.*\\.xml")) {
                    cases.addAll(read(file));
                }
            }
        }
        if (cases.isEmpty()) {
            throw new IOException("No test ran: there is none in the reports of " + reports);
        }
        return cases;
    }

    private static List<Case> read(Path report) throws IOException {
        List<Case> cases = new ArrayList<>();
        try {
            NodeList elements = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
            for (int i = 0; i < elements.getLength(); i++) {
                cases.add(of((Element) elements.item(i)));
            }
            return cases;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("the report " + report + " can not be read", e);
        }
    }

    private static Case of(Element element) {
        Optional<String> failure = Stream.of("failure", "error")
                .map(kind -> element.getElementsByTagName(kind).item(0))
                .filter(found -> found != null)
                .map(found -> found.getTextContent().strip())
                .findFirst();
        return new Case(
                element.getAttribute("classname") + "." + element.getAttribute("name"),
                failure,
                element.getElementsByTagName("skipped").getLength() > 0);
    }
}
