package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetTest {

    private static final Map<String, Fleet> REAL = Map.of("tokyo", new Fleet(2, 1, 1, "10.10.0.1"));

    @TempDir
    Path root;

    @Test
    void isSimulatedUntilRealHostsWereChosen() throws Exception {
        // Given
        Home home = new Home(root.resolve("home"));
        assertThat(Fleet.chosen(home)).isEmpty();

        // When
        Fleet.use(home.root(), REAL);

        // Then
        assertThat(Fleet.chosen(home)).isEqualTo(REAL);
        Stack stack = Stack.ofTwoSites(18_000).withFleets(Fleet.chosen(home));
        Site tokyo = stack.sites().getFirst();
        assertThat(tokyo.hosts()).containsExactly("tokyo-c01", "tokyo-c02", "tokyo-g1", "tokyo-s1");
        assertThat(stack.hostsServers(tokyo)).isEqualTo("10.10.0.1:18103");
        assertThat(stack.sites().getLast().fleet()).isEqualTo(Fleet.SIMULATED);
    }

    @Test
    void isNotExchangedUnderDataThatAreThere() throws Exception {
        // Given
        Home home = new Home(root.resolve("home"));
        home.create();
        Files.createDirectories(home.data("postgres"));

        // Then
        assertThatThrownBy(() -> Fleet.use(home.root(), REAL))
                .hasMessageContaining("of other hosts")
                .hasMessageContaining("./vc down --purge");
        assertThat(Fleet.chosen(home)).isEmpty();

        // When
        home.purge();
        Fleet.use(home.root(), REAL);
        Files.createDirectories(home.data("postgres"));

        // Then
        Fleet.use(home.root(), REAL);
        assertThat(Fleet.chosen(home)).isEqualTo(REAL);
    }
}
