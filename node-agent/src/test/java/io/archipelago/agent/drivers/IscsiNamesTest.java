package io.archipelago.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.host.ResourceKey;
import org.junit.jupiter.api.Test;

class IscsiNamesTest {

    private static final ResourceKey VOLUME = SiteFixture.volumeKey("n1");

    @Test
    void aTargetTellsItsHostAndItsVolume() {
        String target = IscsiNames.target(SiteFixture.STORAGE, VOLUME);

        assertThat(IscsiNames.storageHost(target)).contains(SiteFixture.STORAGE);
        assertThat(IscsiNames.volume(target)).contains(VOLUME);
    }

    @Test
    void aTargetOfOthersTellsNothing() {
        for (String target : new String[] {
            "iqn.2001-04.com.example:storage:n1",
            IscsiNames.OURS,
            IscsiNames.OURS + "No_Host:n1",
            IscsiNames.OURS + "host"
        }) {
            assertThat(IscsiNames.storageHost(target)).isEmpty();
            assertThat(IscsiNames.volume(target)).isEmpty();
        }
    }

    @Test
    void noTwoVolumesBearTheSameSerialNumber() {
        assertThat(IscsiNames.serial(SiteFixture.STORAGE, VOLUME))
                .isNotEqualTo(IscsiNames.serial(SiteFixture.STORAGE, SiteFixture.volumeKey("n2")))
                .isNotEqualTo(IscsiNames.serial(SiteFixture.SECOND, VOLUME));
    }
}
