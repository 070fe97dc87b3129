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

        // The bytes that say to which key it was sealed are for the sealer; unsealing does without.
        for (int i = 0; i < sealed.length; i = i == 0 ? 9 : i + 1) {
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
    void aSealedTextSaysToWhichKeyItWasSealed() {
        // Given
        String key = Sealed.text(host.getPublic());
        String other = Sealed.text(Sealed.newKeyPair().getPublic());

        // When
        String sealed = Sealed.seal(key, "s3cret");

        // Then
        String beginning = Sealed.beginning(key).orElseThrow();
        assertThat(sealed).startsWith(beginning);
        assertThat(Sealed.seal(key, "another")).startsWith(beginning);
        assertThat(Sealed.seal(other, "s3cret")).doesNotStartWith(beginning);
        assertThat(withoutFingerprint(sealed)).doesNotStartWith(beginning);
    }

    @Test
    void whatWasSealedBeforeTextsSaidSoIsStillRead() throws Exception {
        // Given
        String sealed = withoutFingerprint(Sealed.seal(Sealed.text(host.getPublic()), "s3cret"));

        // Then
        assertThat(Sealed.unseal(host.getPrivate(), sealed)).isEqualTo("s3cret");
    }

    @Test
    void tellsAKeyFromWhatIsNone() {
        assertThat(Sealed.beginning(Sealed.text(host.getPublic()))).isPresent();
        assertThat(Sealed.beginning("")).isEmpty();
        assertThat(Sealed.beginning("no key")).isEmpty();
        assertThat(Sealed.beginning("AQ==")).isEmpty();
    }

    /** The same as version 1 of the form had it. */
    private static String withoutFingerprint(String sealed) {
        byte[] bytes = Base64.getDecoder().decode(sealed);
        byte[] first = new byte[bytes.length - 8];
        first[0] = 1;
        System.arraycopy(bytes, 9, first, 1, first.length - 1);
        return Base64.getEncoder().encodeToString(first);
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
