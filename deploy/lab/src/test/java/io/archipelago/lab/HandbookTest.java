package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HandbookTest {

    private static final String PAGE = """
            1. **Packages**, and `not this`:

               ```sh
               apt-get install lvm2       # STORAGE
               apt-get install iproute2   # COMPUTE, GATEWAY
               mkdir -p /etc/archipelago
               ```

               ```
               not this either
               ```
            2. Then:

            ```sh
            vgcreate vg0 /dev/sdb # STORAGE
            ```
            """;

    @Test
    void hasTheCommandsOfARoleInTheirOrder() {
        assertThat(Handbook.commands(PAGE, Role.STORAGE))
                .containsExactly("apt-get install lvm2", "mkdir -p /etc/archipelago", "vgcreate vg0 /dev/sdb");
        assertThat(Handbook.commands(PAGE, Role.GATEWAY))
                .containsExactly("apt-get install iproute2", "mkdir -p /etc/archipelago");
    }
}
