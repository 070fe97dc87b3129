package io.archipelago.agent.drivers.disk;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What whoever asks for a disk may rely on, whichever driver attaches it. */
@ExtendWith(Drawn.class)
abstract class DiskContract {

    protected static final HostId STORAGE = SiteFixture.STORAGE;
    protected static final HostId HOST = SiteFixture.COMPUTE;
    protected static final HostId OTHER_HOST = SiteFixture.SECOND;
    protected static final String SECRET = "secret-number-1";

    protected static final ResourceKey DISK = SiteFixture.diskKey("n1");
    protected static final ResourceKey VOLUME = SiteFixture.volumeKey("n1");

    /** The driver of the host, as it was just started, on whatever is there. */
    protected abstract Driver<DiskSpec> driver();

    protected abstract Instant now();

    /** Where the storage host serves its volumes. */
    protected abstract String portal();

    /** Has the storage host make its volume so, and serve it. */
    protected abstract void export(@Nullable HostId initiator, String secret) throws DriverFault;

    /** Has the storage host's power fail, and come back; it serves nothing until it is told to. */
    protected abstract void cutStoragePower() throws DriverFault;

    /** Lets the hosts do what they have begun, until the disk is in this condition; null: until it is gone. */
    protected abstract void settle(@Nullable Condition condition);

    @Test
    void isThereOnceItWasAttached() throws Exception {
        // Given
        export(HOST, SECRET);
        assertThat(observe()).doesNotContainKey(DISK);

        // When
        attach(SECRET);

        // Then
        assertThat(seen().condition()).isEqualTo(Condition.READY);
        assertThat(seen().reason()).isEmpty();
        assertThat(seen().details()).containsEntry("storageHost", STORAGE.value());
    }

    @Test
    void isTheSameForTheNextAgent() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);

        // When
        Observed next = driver().observe(Map.of(DISK, spec(SECRET)), now()).get(DISK);

        // Then
        assertThat(next).isEqualTo(seen());
    }

    @Test
    void isAttachedTwiceWithoutHarm() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        Observed once = seen();

        // When
        attach(SECRET);

        // Then
        assertThat(seen()).isEqualTo(once);
    }

    @Test
    void isSeenThoughNobodyWantsIt() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);

        // Then
        assertThat(driver().observe(Map.of(), now()).get(DISK))
                .satisfies(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    @Test
    void isGoneOnceItWasRemoved() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);

        // When
        driver().remove(DISK, now());
        driver().remove(DISK, now());
        settle(null);

        // Then
        assertThat(observe()).doesNotContainKey(DISK);
        attach(SECRET);
        assertThat(seen().condition()).isEqualTo(Condition.READY);
    }

    @Test
    void waitsForItsVolume() {
        DriverFault fault = catchThrowableOfType(DriverFault.class, () -> driver().apply(DISK, spec(SECRET), now()));

        assertThat(fault.isWaiting()).isTrue();
    }

    @Test
    void isNotAttachedWhereItsVolumeIsNotExportedTo() throws Exception {
        // Given
        export(OTHER_HOST, SECRET);

        // Then
        assertThatThrownBy(() -> attach(SECRET)).isInstanceOf(DriverFault.class);
        assertNotReady();
    }

    @Test
    void isNotAttachedWithTheWrongSecret() throws Exception {
        // Given
        export(HOST, SECRET);

        // When
        DriverFault fault =
                catchThrowableOfType(DriverFault.class, () -> driver().apply(DISK, spec("guessed-secret"), now()));

        // Then
        assertThat(fault.isWaiting()).isFalse();
        assertThat(fault.reason()).contains("CHAP").doesNotContain("guessed-secret");
        assertNotReady();
        attach(SECRET);
        assertThat(seen().condition()).isEqualTo(Condition.READY);
    }

    @Test
    void refusesASecretThatIsForAnotherHost() throws Exception {
        // Given
        export(HOST, SECRET);
        DiskSpec spec = new DiskSpec(STORAGE, VOLUME, portal(), "user", SiteFixture.sealedTo(OTHER_HOST, SECRET));

        // Then
        assertThatThrownBy(() -> driver().apply(DISK, spec, now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("not sealed to this host");
        assertThat(observe()).doesNotContainKey(DISK);
    }

    @Test
    void isCutOffWhenItsExportEndsAndComesBackWithIt() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);

        // When
        export(null, SECRET);

        // Then
        settle(Condition.BROKEN);
        assertThat(seen().condition()).isEqualTo(Condition.BROKEN);

        // When
        export(HOST, SECRET);

        // Then
        settle(Condition.READY);
        assertThat(seen().condition()).isEqualTo(Condition.READY);
    }

    @Test
    void survivesThatThePowerOfItsStorageHostFails() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        Observed before = seen();

        // When
        cutStoragePower();

        // Then
        settle(Condition.BROKEN);
        assertThat(seen().condition()).isEqualTo(Condition.BROKEN);

        // When
        export(HOST, SECRET);

        // Then
        settle(Condition.READY);
        assertThat(seen()).isEqualTo(before);
    }

    @Test
    void canBeRemovedWhileItsStorageHostDoesNotAnswer() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        cutStoragePower();
        settle(Condition.BROKEN);

        // When
        driver().remove(DISK, now());
        settle(null);

        // Then
        assertThat(observe()).doesNotContainKey(DISK);
    }

    protected final DiskSpec spec(String secret) {
        return spec(portal(), secret);
    }

    protected static DiskSpec spec(String portal, String secret) {
        return new DiskSpec(STORAGE, VOLUME, portal, "user", SiteFixture.sealedTo(HOST, secret));
    }

    protected final void attach(String secret) throws DriverFault {
        driver().apply(DISK, spec(secret), now());
        settle(Condition.READY);
    }

    protected final Map<ResourceKey, Observed> observe() throws DriverFault {
        return driver().observe(Map.of(DISK, spec(SECRET)), now());
    }

    protected final Observed seen() throws DriverFault {
        Map<ResourceKey, Observed> seen = observe();
        assertThat(seen).containsKey(DISK);
        return requireNonNull(seen.get(DISK));
    }

    private void assertNotReady() throws DriverFault {
        Observed seen = observe().get(DISK);
        assertThat(seen == null ? Condition.BROKEN : seen.condition()).isNotEqualTo(Condition.READY);
    }
}
