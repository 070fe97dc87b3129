package io.archipelago.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A clone with the script {@code vc}, and with a Maven and a JDK that only say how they were called. */
abstract class FakeClone {

    static final String SAY = "echo \"java of $JAVA_HOME: $* VC_ROOT=${VC_ROOT-} VC_BEGUN=${VC_BEGUN-}\"";

    @TempDir
    Path root;

    Path jdk;
    final Map<String, String> environment = new HashMap<>();

    record Outcome(int code, String output) {}

    @BeforeEach
    void install() throws IOException {
        Files.copy(Installation.find().repository().resolve("vc"), root.resolve("vc"));
        jdk = jdk("jdk-25", "25.0.3");
        maven("echo \"maven $*\" >> calls", "echo '[INFO] Building Archipelago :: Contracts 0.1.0 [2/13]'");
        write("contracts/src/main/java/A.java", "class A {}");
        write("pom.xml", "<project/>");
    }

    Outcome vc(String... arguments) throws Exception {
        return run(jdk.toString(), arguments);
    }

    Outcome run(String javaHome, String... arguments) throws Exception {
        Process process = start(javaHome, arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    String errors() throws IOException {
        return Files.readString(root.resolve("errors"));
    }

    Process start(String javaHome, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("bash", root.resolve("vc").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Only what this test made, whatever this machine has and whoever runs it.
        builder.environment().keySet().removeIf(name -> name.startsWith("VC_") || name.equals("DOCKER_HOST"));
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment()
                .put(
                        "VC_JDK_PLACES",
                        javaHome.contains("jdk-17") ? "" : root.resolve("jdk-*").toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        if (environment.containsKey("VC_TEST_ERRORS")) {
            builder.redirectErrorStream(false)
                    .redirectError(root.resolve("errors").toFile());
        }
        // From wherever somebody stands.
        return builder.directory(Path.of("/").toFile()).start();
    }

    List<String> calls() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    void maven(String... lines) throws IOException {
        executable(root.resolve("mvnw"), lines);
    }

    Path jdk(String name, String version) throws IOException {
        Path home = root.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/javac"));
        executable(home.resolve("bin/java"), SAY);
        return home;
    }

    void java(String... lines) throws IOException {
        executable(jdk.resolve("bin/java"), lines);
    }

    static void executable(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void write(String file, String content) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), content);
    }
}
