package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UmlTest {

    @TempDir
    Path kept;

    @Test
    void gatewaysHaveTheKernelWithTablesForIptables() throws Exception {
        Path modules = Files.createDirectories(kept.resolve("trixie/usr/lib/uml/modules/6.12.1"));

        Uml uml = Uml.of(Role.GATEWAY, kept);

        assertThat(uml)
                .isEqualTo(new Uml(kept.resolve("trixie/usr/bin/linux.uml").toString(), List.of(), modules));
    }

    @Test
    void othersHaveTheOneThatDoesNotTrace() throws Exception {
        Files.createDirectories(kept.resolve("forky/usr/lib/uml/modules/7.2.7"));

        for (Role role : new Role[] {Role.COMPUTE, Role.STORAGE, Role.WAN}) {
            assertThat(Uml.of(role, kept).arguments()).as(role.name()).containsExactly("seccomp=on");
        }
    }

    @Test
    void aKernelWithoutModulesIsNone() throws Exception {
        Files.createDirectories(kept.resolve("forky/usr/lib/uml/modules"));

        assertThatThrownBy(() -> Uml.of(Role.STORAGE, kept))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no modules");
    }
}
