package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContextTest {

    private static final Installation INSTALLATION = new Installation(Path.of("/srv/archipelago"));

    @Test
    void keepsItsHomeInTheSourceTreeUnlessToldOtherwise() {
        assertThat(of(Map.of()).home().root()).isEqualTo(Path.of("/srv/archipelago/.vc"));
        assertThat(of(Map.of("VC_HOME", "/tmp/other")).home().root()).isEqualTo(Path.of("/tmp/other"));
        assertThat(of(Map.of("VC_HOME", " ")).home().root()).isEqualTo(Path.of("/srv/archipelago/.vc"));
    }

    @Test
    void takesItsPortsFromTheEnvironment() {
        assertThat(of(Map.of()).stack().portBase()).isEqualTo(18_000);
        assertThat(of(Map.of("VC_PORT_BASE", "28000")).stack().postgresPort()).isEqualTo(28_000);
    }

    @Test
    void countsFromWhenTheLauncherWasCalled() {
        assertThat(of(Map.of("VC_BEGUN", "1764547200123")).begun()).isEqualTo("2025-12-01T00:00:00.123Z");
        assertThat(of(Map.of("VC_BEGUN", "soon")).begun()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    }

    @Test
    void refusesAPortBaseThatIsNoNumber() {
        assertThatThrownBy(() -> of(Map.of("VC_PORT_BASE", "high")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("VC_PORT_BASE must be a number, not \"high\"");
    }

    @Test
    void unpacksServersWhereTheUserThatRunsThemCanReadThem() {
        assertThat(Cache.directory(Map.of(), "root", "/root")).isEqualTo(Path.of("/var/cache/archipelago"));
        assertThat(Cache.directory(Map.of(), "eve", "/home/eve")).isEqualTo(Path.of("/home/eve/.cache/archipelago"));
        assertThat(Cache.directory(Map.of("XDG_CACHE_HOME", "/x"), "eve", "/home/eve"))
                .isEqualTo(Path.of("/x/archipelago"));
    }

    private static Context of(Map<String, String> environment) {
        try {
            return Context.of(environment, INSTALLATION, System.out, System.err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
