package io.archipelago.bench.lab;

import com.fasterxml.jackson.core.type.TypeReference;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.lab.LabHost;
import io.archipelago.lab.Result;
import io.archipelago.wire.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Has {@link OnHost} run on hosts of the lab, which see the classes of this process at their places. */
final class Agents {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final List<String> JVM =
            List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.jboss.logging.provider=jdk");

    private Agents() {}

    /** How a gateway can join the ends of links, each with the key that it proves itself with. */
    static Map<LinkDriver, String> offers(LabHost host) throws IOException {
        return Json.read(run(host, "offers"), new TypeReference<>() {});
    }

    /** Makes what is desired; tells where it is, by the text of the key. */
    static Map<String, String> make(LabHost host, Errand errand) throws IOException {
        Files.writeString(host.share().resolve("errand.json"), Json.write(errand));
        return Json.read(
                run(host, "make", "/lab/hosts/%s/errand.json".formatted(host.name())), new TypeReference<>() {});
    }

    private static String run(LabHost host, String... arguments) throws IOException {
        String classPath = System.getProperty("java.class.path");
        host.show(JAVA);
        for (String each : classPath.split(File.pathSeparator, -1)) {
            host.show(Path.of(each).toAbsolutePath());
        }
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(JVM);
        command.addAll(List.of("-cp", classPath, OnHost.class.getName()));
        command.addAll(List.of(arguments));
        Result result = host.run(LIMIT, command.toArray(String[]::new));
        return result.orFail("the agent's drivers on " + host.name()).strip();
    }
}
