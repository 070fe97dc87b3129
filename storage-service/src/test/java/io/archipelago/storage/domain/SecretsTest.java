package io.archipelago.storage.domain;

import static io.archipelago.storage.domain.StorageLogicTest.COMPUTE;
import static io.archipelago.storage.domain.StorageLogicTest.FIRST;
import static io.archipelago.storage.domain.StorageLogicTest.SECOND;
import static io.archipelago.storage.domain.StorageLogicTest.lease;
import static io.archipelago.storage.domain.StorageLogicTest.lost;
import static io.archipelago.storage.domain.StorageLogicTest.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Secrets are sealed to the keys that hosts have now. */
class SecretsTest {

    private final StorageLogic logic = new StorageLogic(new KnownKeys(Map.of()), 1);

    @Test
    void canNotBeginBeforeEveryHostHasAKeyForSecrets() {
        assertThat(logic.deployable(lease())).isTrue();
        assertThat(knowing(COMPUTE, "none").deployable(lease())).isFalse();
        assertThat(knowing(SECOND, "none").deployable(lease())).isFalse();
        assertThat(knowing(FIRST, "none").deployable(lease()))
                .as("a host that it does not need")
                .isTrue();
    }

    @Test
    void sealsAnewForAHostThatHasAnotherKey() {
        // Given
        List<Resource> all = wanted();
        Resource volume = all.get(2);
        Resource disk = all.get(3);
        VolumeSpec export = (VolumeSpec) volume.spec();

        // Then
        assertThat(knowing(COMPUTE, " again").adjusted(disk, view(all, HostsDown.NONE)))
                .isEqualTo(new DiskSpec(
                        SECOND, volume.key(), "10.254.1.1:3260", "user", volume.key() + " for tokyo-c01 again"));
        assertThat(knowing(COMPUTE, " again").adjusted(volume, view(all, HostsDown.NONE)))
                .isEqualTo(export);
        assertThat(knowing(SECOND, " again").adjusted(volume, view(all, lost(COMPUTE))))
                .isEqualTo(new VolumeSpec(
                        export.pool(), export.bytes(), null, "user", volume.key() + " for tokyo-s02 again"));
        assertThat(knowing(SECOND, " again").adjusted(disk, view(all, HostsDown.NONE)))
                .isEqualTo(disk.spec());
    }

    /** One host has another key than at first, or none. */
    private static StorageLogic knowing(HostId host, String key) {
        return new StorageLogic(new KnownKeys(Map.of(host, key)), 1);
    }

    private List<Resource> wanted() {
        return logic.deploy(lease()).stream().map(w -> Resource.wanted(w, null)).toList();
    }
}
