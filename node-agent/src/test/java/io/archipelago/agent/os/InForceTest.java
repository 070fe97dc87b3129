package io.archipelago.agent.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InForceTest {

    private static final List<String> RULES = List.of("-A FORWARD -d 10.0.0.0/24 -j REJECT");
    private static final List<String> SAID =
            List.of("filter -A FORWARD -d 10.0.0.0/24 -j REJECT --reject-with icmp-port-unreachable");

    @TempDir
    Path directory;

    @Test
    void aRuleThatWasChangedIsNoticedThoughThereAreAsMany() throws Exception {
        // Given
        InForce inForce = new InForce(new OwnDirectory(directory), "rules");
        assertThat(inForce.is(RULES, SAID)).isFalse();

        // When
        inForce.note(RULES, SAID);

        // Then
        assertThat(inForce.is(RULES, SAID)).isTrue();
        assertThat(inForce.is(RULES, List.of("filter -A FORWARD -d 10.0.0.0/24 -j ACCEPT")))
                .isFalse();
        assertThat(inForce.is(List.of("-A FORWARD -d 10.0.1.0/24 -j REJECT"), SAID))
                .isFalse();
        inForce.forget();
        assertThat(inForce.is(RULES, SAID)).isFalse();
    }
}
