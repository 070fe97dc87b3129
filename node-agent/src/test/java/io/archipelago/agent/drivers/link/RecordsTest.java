package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of links. */
class RecordsTest {

    private static final ResourceKey KEY = SiteFixture.linkKey();

    @TempDir
    Path directory;

    private Records records;

    @BeforeEach
    void begin() {
        records = new Records(directory.resolve("run"), directory.resolve("state"));
    }

    @Test
    void onlyWhatAnApplianceHoldsOutlivesAReboot() throws Exception {
        // Given
        Link other =
                new Link(ResourceKey.of(KEY.kind(), SiteFixture.CLUSTER, "nara"), SiteFixture.link(20001), place());
        records.write(new Records.Record(other, true));
        records.write(new Records.Record(link(LinkDriver.CONSOLE), true));

        // When
        reboot();

        // Then
        assertThat(records.all()).containsExactly(new Records.Record(link(LinkDriver.CONSOLE), true));
        records.remove(KEY);
        assertThat(records.all()).isEmpty();
        assertThat(records.directory(KEY)).doesNotExist();
    }

    @Test
    void aLinkHasOneRecordWhicheverWayItGoesOver() throws Exception {
        // Given
        records.write(new Records.Record(link(LinkDriver.OPENVPN), false));

        // When
        records.write(new Records.Record(link(LinkDriver.CONSOLE), true));

        // Then
        assertThat(records.all()).containsExactly(new Records.Record(link(LinkDriver.CONSOLE), true));

        // When
        records.write(new Records.Record(link(LinkDriver.OPENVPN), true));

        // Then
        assertThat(records.all()).containsExactly(new Records.Record(link(LinkDriver.OPENVPN), true));
        reboot();
        assertThat(records.all()).isEmpty();
    }

    @Test
    void ofTwoRecordsTheOneOfTheApplianceCounts() throws Exception {
        // Given
        new Records(directory.resolve("run"), directory.resolve("nosuch"))
                .write(new Records.Record(link(LinkDriver.OPENVPN), true));
        new Records(directory.resolve("nosuch"), directory.resolve("state"))
                .write(new Records.Record(link(LinkDriver.CONSOLE), false));

        // Then
        assertThat(records.all()).containsExactly(new Records.Record(link(LinkDriver.CONSOLE), false));
        assertThat(records.of(KEY)).contains(new Records.Record(link(LinkDriver.CONSOLE), false));
    }

    @Test
    void aFileIsWrittenByTwoAtTheSameTime() throws Exception {
        // Given
        records.write(new Records.Record(link(LinkDriver.CONSOLE), true));

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> writers = IntStream.range(0, 2)
                    .<Future<?>>mapToObj(writer -> threads.submit(() -> write("by " + writer)))
                    .toList();
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        // Then
        try (Stream<Path> files = Files.list(records.directory(KEY))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("link.json", "request.json");
        }
    }

    private Void write(String text) throws DriverFault {
        for (int i = 0; i < 300; i++) {
            records.put(KEY, "request.json", text + i);
        }
        return null;
    }

    private void reboot() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("run"))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Link link(LinkDriver driver) {
        return new Link(KEY, SiteFixture.link(20001, driver, 77), place());
    }

    private static Place place() {
        return new Place("cluster", "bridge");
    }
}
