package io.archipelago.lab;

import io.archipelago.local.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the lab's machines boot: see the README beside its script. */
final class BootImage {

    private static final int SECONDS = 120;

    private BootImage() {}

    /** Makes it, unless it is there already; returns its directory. */
    static Path in(Path directory) throws IOException, InterruptedException {
        Path image = directory.toAbsolutePath().resolve("boot-image");
        if (Files.exists(image.resolve("initrd"))) {
            return image;
        }
        Path draft = image.resolveSibling("boot-image.new");
        Path script = Installed.repository().resolve("deploy/lab/src/main/boot-image/build");
        Files.createDirectories(directory);
        Path log = directory.resolve("boot-image.log");
        Process build = new ProcessBuilder(script.toString(), draft.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!build.waitFor(SECONDS, TimeUnit.SECONDS) || build.exitValue() != 0) {
            build.destroyForcibly();
            throw new IOException("What machines boot could not be made: " + Files.readString(log).strip());
        }
        Files.move(draft, image);
        return image;
    }
}
