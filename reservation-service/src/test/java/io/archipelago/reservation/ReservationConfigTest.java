package io.archipelago.reservation;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.testkit.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReservationConfigTest {

    @Test
    void everyKeyHasItsDefault() {
        ReservationConfig config = Settings.of(ReservationConfig.class, Map.of());

        assertThat(config.limits().machines()).isEqualTo(1000);
        assertThat(config.limits().cpus()).isEqualTo(128);
        assertThat(config.limits().memoryGib()).isEqualTo(1024);
        assertThat(config.limits().diskGib()).isEqualTo(4096);
        assertThat(config.limits().cpusInAll()).isEqualTo(32_000);
        assertThat(config.limits().memoryGibInAll()).isEqualTo(128_000);
        assertThat(config.limits().diskGibInAll()).isEqualTo(250_000);
        assertThat(config.limits().occurrences()).isEqualTo(53);
        assertThat(config.limits().duration()).isEqualTo(Duration.ofDays(31));
        assertThat(config.limits().ahead()).isEqualTo(Duration.ofDays(366));
        assertThat(config.quotas().machines()).isEqualTo(2000);
        assertThat(config.quotas().machineHours()).isEqualTo(750_000);
        assertThat(config.quotas().volumeGib()).isEqualTo(100_000);
        assertThat(config.quotas().reservations()).isEqualTo(1000);
        assertThat(config.quotas().tenants()).isEmpty();
        assertThat(config.offers().atMost()).isEqualTo(3);
        assertThat(config.offers().holdFor()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.previews().waitFor()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.previews().sitesAnswerWithin()).isEqualTo(Duration.ofSeconds(40));
        assertThat(config.previews().perTenant()).isEqualTo(10);
        assertThat(config.previews().keepFor()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.deadlines().holdFor()).isEqualTo(Duration.ofMinutes(3));
        assertThat(config.deadlines().margin()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.deadlines().askAgain()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.deadlines().askAgainAtMost()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.deadlines().lead()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.deadlines().deployWithin()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.deadlines().replaceAgain()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.deadlines().attempts()).isEqualTo(6);
        assertThat(config.rememberKeys()).isEqualTo(Duration.ofDays(1));
        assertThat(config.releaseLongAfter()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.startTolerance()).isEqualTo(Duration.ofMinutes(3));
        assertThat(config.watch().every()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.watch().heartbeat()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.watch().atMost()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.watch().perTenant()).isEqualTo(50);
        assertThat(config.watch().inAll()).isEqualTo(500);
    }
}
