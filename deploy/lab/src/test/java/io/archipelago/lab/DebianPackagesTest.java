package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DebianPackagesTest {

    @Test
    void aPackageIsMissingUnlessItIsSaidToBeInstalled() {
        String states = """
                socat installed
                lvm2 config-files
                kmod half-installed
                """;

        assertThat(DebianPackages.missing(List.of("socat", "lvm2", "kmod", "cpio"), states))
                .containsExactly("lvm2", "kmod", "cpio");
    }

    @Test
    void nothingIsInstalledInPlaceOfWhatDoesAsWell() {
        assertThat(DebianPackages.missing(List.of("squid-openssl|squid"), "squid installed\n"))
                .isEmpty();
        assertThat(DebianPackages.missing(List.of("squid-openssl|squid"), "")).containsExactly("squid-openssl");
    }
}
