package io.archipelago.agent;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.lang.reflect.RecordComponent;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever is logged or thrown: no secret is in it. */
class SecretsInTextTest {

    private static final String SECRET = "c2VjcmV0";

    @Test
    void noRecordThatBearsASecretPrintsIt() throws Exception {
        // Given
        List<Class<?>> bearers = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.archipelago.contracts", "io.archipelago.agent")
                        .stream()
                        .filter(JavaClass::isRecord)
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(type ->
                                Arrays.stream(type.getRecordComponents()).anyMatch(SecretsInTextTest::isSecret))
                        .toList();

        // Then
        assertThat(bearers).contains(VolumeSpec.class, DiskSpec.class).hasSizeGreaterThan(2);
        for (Class<?> bearer : bearers) {
            assertThat(example(bearer).toString()).as(bearer.getName()).doesNotContain(SECRET);
        }
    }

    @Test
    void whatHoldsSuchARecordPrintsNoneEither() {
        VolumeSpec volume = new VolumeSpec("vg0", 1, COMPUTE, "user", SECRET);
        DiskSpec disk = new DiskSpec(COMPUTE, volumeKey("n1"), "10.254.1.1:3260", "user", SECRET);

        assertThat(new DesiredResource(volumeKey("n1"), 1, false, null, volume).toString())
                .contains("vg0")
                .doesNotContain(SECRET);
        assertThat(new DesiredResource(diskKey("n1"), 1, false, null, disk).toString())
                .contains("tokyo-c01")
                .doesNotContain(SECRET);
        assertThat(new SimThing(volume, NINE, false, true, true).toString()).doesNotContain(SECRET);
    }

    private static boolean isSecret(RecordComponent component) {
        String name = component.getName().toLowerCase(Locale.ROOT);
        return PrivateKey.class.isAssignableFrom(component.getType())
                || name.contains("secret")
                || name.contains("password")
                || name.contains("token");
    }

    /** One whose secrets are as given, and of which nothing else is known. */
    private static Object example(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values =
                Arrays.stream(components).map(SecretsInTextTest::value).toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private static @Nullable Object value(RecordComponent component) {
        Class<?> type = component.getType();
        if (isSecret(component)) {
            return PrivateKey.class.isAssignableFrom(type) ? new Key() : SECRET;
        }
        return type == long.class ? (Object) 1L : type == int.class ? (Object) 1 : type == boolean.class ? false : null;
    }

    /** One that would print itself. */
    private static final class Key implements PrivateKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return SECRET;
        }

        @Override
        public String getFormat() {
            return SECRET;
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }

        @Override
        public String toString() {
            return SECRET;
        }
    }
}
