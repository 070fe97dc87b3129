package io.archipelago.bus;

import io.quarkus.bootstrap.app.CuratedApplication;
import io.quarkus.bootstrap.app.QuarkusBootstrap;
import io.quarkus.paths.PathList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The bus and the test's ledger, built as a service is built and run as processes that can be stopped and killed. */
final class ProductionApp {

    private static final List<Class<?>> CLASSES = List.of(Ledger.class, DocumentRow.class);
    private static final List<String> RESOURCES = List.of("application.properties", "db/migration/V1__ledger.sql");

    private final Path jar;
    private final Path log;
    private final Map<String, String> config;

    private ProductionApp(Path jar, Path log, Map<String, String> config) {
        this.jar = jar;
        this.log = log;
        this.config = config;
    }

    static ProductionApp build(Map<String, String> config) throws Exception {
        Path module = Path.of("").toAbsolutePath();
        Path target = Files.createDirectories(module.resolve("target/production-app"));
        Path ownClasses = module.resolve("target/test-classes");
        Path classes = target.resolve("classes");
        for (Class<?> type : CLASSES) {
            copy(ownClasses, classes, type.getName().replace('.', '/') + ".class");
        }
        for (String resource : RESOURCES) {
            copy(ownClasses, classes, resource);
        }
        try (CuratedApplication application = QuarkusBootstrap.builder()
                .setApplicationRoot(PathList.of(classes, module.resolve("target/classes")))
                .setProjectRoot(module)
                .setTargetDirectory(target)
                .setBaseName("ledger")
                .setLocalProjectDiscovery(true)
                .setMode(QuarkusBootstrap.Mode.PROD)
                .build()
                .bootstrap()) {
            application.createAugmentor().createProductionApplication();
        }
        return new ProductionApp(target.resolve("quarkus-app/quarkus-run.jar"), target.resolve("app.log"), config);
    }

    private static void copy(Path from, Path to, String name) throws IOException {
        Path copy = to.resolve(name);
        Files.createDirectories(copy.getParent());
        Files.write(copy, Files.readAllBytes(from.resolve(name)));
    }

    /** One process; closing it kills it. */
    Running start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.log.console.json.enabled=false"));
        config.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", jar.toString()));
        return new Running(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    /** What the processes logged at the given level. */
    List<String> logged(String level) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(" " + level + " ")).toList();
        }
    }

    record Running(Process process) implements AutoCloseable {

        /** SIGTERM; true if the process ended in time. */
        boolean stop(int seconds) throws InterruptedException {
            process.destroy();
            return process.waitFor(seconds, TimeUnit.SECONDS);
        }

        /** SIGKILL. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
