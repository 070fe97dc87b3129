package io.archipelago.lab;

import io.archipelago.local.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the lab's machines boot: see the README beside its script. */
final class BootImage {

    /** Where hosts see its directory. */
    static final String SEEN_BY_HOSTS = "/lab/boot-image";

    private static final int SECONDS = 120;

    private BootImage() {}

    /** Makes it, unless it is there already; returns what its kernel is to be told. */
    static String in(Path directory) throws IOException, InterruptedException {
        Path image = directory.toAbsolutePath().resolve("boot-image");
        if (Files.exists(image.resolve("initrd"))) {
            return commandLine(image);
        }
        Path draft = image.resolveSibling("boot-image.new");
        Path script = Installation.find().repository().resolve("deploy/lab/src/main/boot-image/build");
        Files.createDirectories(directory);
        Path log = directory.resolve("boot-image.log");
        Process build = new ProcessBuilder(script.toString(), draft.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!build.waitFor(SECONDS, TimeUnit.SECONDS) || build.exitValue() != 0) {
            build.destroyForcibly();
            throw new IOException("What machines boot could not be made: "
                    + Files.readString(log).strip());
        }
        Files.move(draft, image);
        return commandLine(image);
    }

    private static String commandLine(Path image) throws IOException {
        return Files.readString(image.resolve("command-line")).strip();
    }
}
