package io.archipelago.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SealedTest {

    private final KeyPair host = Sealed.newKeyPair();

    @Test
    void theHostReadsWhatWasSealedToIt() throws Exception {
        // Given
        String sealed = Sealed.seal(Sealed.text(host.getPublic()), "s3cret, äöü");

        // When
        String read = Sealed.unseal(host.getPrivate(), sealed);

        // Then
        assertThat(read).isEqualTo("s3cret, äöü");
        assertThat(sealed).doesNotContain("s3cret");
    }

    @Test
    void sealingTwiceTellsNobodyThatTheTextsAreEqual() {
        // Given
        String key = Sealed.text(host.getPublic());

        // When
        String first = Sealed.seal(key, "same");
        String second = Sealed.seal(key, "same");

        // Then
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void anotherHostCannotReadIt() {
        // Given
        String sealed = Sealed.seal(Sealed.text(host.getPublic()), "s3cret");

        // Then
        assertThatThrownBy(() -> Sealed.unseal(Sealed.newKeyPair().getPrivate(), sealed))
                .isInstanceOf(Sealed.CannotUnseal.class)
                .hasMessageContaining("another key");
    }

    @Test
    void aChangeOfAnyByteIsNoticed() {
        // Given
        byte[] sealed = Base64.getDecoder().decode(Sealed.seal(Sealed.text(host.getPublic()), "s3cret"));

        for (int i = 0; i < sealed.length; i++) {
            // When
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            String text = Base64.getEncoder().encodeToString(changed);

            // Then
            assertThatThrownBy(() -> Sealed.unseal(host.getPrivate(), text))
                    .as("byte %d", i)
                    .isInstanceOf(Sealed.CannotUnseal.class);
        }
    }

    @Test
    void refusesWhatIsNoKeyAndWhatWasNeverSealed() {
        assertThatThrownBy(() -> Sealed.seal("no key", "s3cret")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sealed.seal("", "s3cret")).isInstanceOf(IllegalArgumentException.class);
        for (String never :
                new String[] {"", "plain text", "AQ==", Base64.getEncoder().encodeToString(new byte[80])}) {
            assertThatThrownBy(() -> Sealed.unseal(host.getPrivate(), never)).isInstanceOf(Sealed.CannotUnseal.class);
        }
    }
}
