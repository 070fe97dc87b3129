package io.archipelago.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.DecapsulateException;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that only one host can read, although they stand in a specification that others see.
 *
 * <p>The host announces a public X25519 key. Each sealing agrees on a fresh AES-256 key with it (DHKEM of RFC 9180) and encrypts under
 * that key once, with AES-GCM. The text form is base64 of: one version byte, the first 8 bytes of the SHA-256 of the host's public key,
 * the 32 bytes of the encapsulation, the encrypted text. Version 1 had no bytes of the public key.
 * Sealing the same text twice gives two different results: keep the result beside the specification instead of sealing anew.
 */
public final class Sealed {

    private static final byte VERSION = 2;
    private static final byte VERSION_WITHOUT_FINGERPRINT = 1;
    private static final int FINGERPRINT = 8;
    private static final int ENCAPSULATION = 32;
    private static final int KEY = 32;
    private static final int TAG_BITS = 128;

    /** Never used twice with one key, because each key encrypts once. */
    private static final byte[] NONCE = new byte[12];

    private Sealed() {}

    /** A key pair for a host. */
    public static KeyPair newKeyPair() {
        try {
            return KeyPairGenerator.getInstance("X25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no X25519", e);
        }
    }

    /** The form in which a host announces its public key: base64 of its X.509 form. */
    public static String text(PublicKey key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    /**
     * Seals a text to a host.
     *
     * @param publicKey as the host announced it
     * @throws IllegalArgumentException if that is no such key
     */
    public static String seal(String publicKey, String plaintext) {
        try {
            PublicKey key = key(publicKey);
            KEM.Encapsulated agreed =
                    KEM.getInstance("DHKEM").newEncapsulator(key).encapsulate(0, KEY, "AES");
            byte[] encrypted =
                    cipher(Cipher.ENCRYPT_MODE, agreed.key()).doFinal(plaintext.getBytes(StandardCharsets.UTF_8));
            byte[] sealed = ByteBuffer.allocate(1 + FINGERPRINT + ENCAPSULATION + encrypted.length)
                    .put(VERSION)
                    .put(fingerprint(key))
                    .put(agreed.encapsulation())
                    .put(encrypted)
                    .array();
            return Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a sealing key is the base64 of an X25519 public key", e);
        }
    }

    /**
     * How everything begins that is sealed to a key; empty if that is no key that {@link #seal} takes.
     *
     * @param publicKey as the host announced it
     */
    public static Optional<String> beginning(String publicKey) {
        try {
            // Nine bytes, and so twelve characters that nothing that follows has a part in.
            byte[] bytes = ByteBuffer.allocate(1 + FINGERPRINT)
                    .put(VERSION)
                    .put(fingerprint(key(publicKey)))
                    .array();
            return Optional.of(Base64.getEncoder().encodeToString(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads what was sealed to a host.
     *
     * @throws CannotUnseal if it was sealed to another key, changed on the way, or never sealed
     */
    public static String unseal(PrivateKey key, String sealed) throws CannotUnseal {
        try {
            byte[] bytes = Base64.getDecoder().decode(sealed);
            int start = bytes.length > 0 && bytes[0] == VERSION_WITHOUT_FINGERPRINT ? 1 : 1 + FINGERPRINT;
            if (bytes.length <= start + ENCAPSULATION || start > 1 && bytes[0] != VERSION) {
                throw new CannotUnseal("not a sealed secret", null);
            }
            ByteBuffer parts = ByteBuffer.wrap(bytes, start, bytes.length - start);
            byte[] encapsulation = new byte[ENCAPSULATION];
            parts.get(encapsulation);
            byte[] encrypted = new byte[parts.remaining()];
            parts.get(encrypted);
            SecretKey agreed = KEM.getInstance("DHKEM").newDecapsulator(key).decapsulate(encapsulation, 0, KEY, "AES");
            return new String(cipher(Cipher.DECRYPT_MODE, agreed).doFinal(encrypted), StandardCharsets.UTF_8);
        } catch (DecapsulateException | IllegalArgumentException e) {
            throw new CannotUnseal("not a sealed secret", e);
        } catch (GeneralSecurityException e) {
            throw new CannotUnseal("sealed to another key, or changed on the way", e);
        }
    }

    private static PublicKey key(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("X25519")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
    }

    private static byte[] fingerprint(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), FINGERPRINT);
    }

    private static Cipher cipher(int mode, SecretKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, NONCE));
        return cipher;
    }

    /** A secret that this key does not open. The message never holds any of it. */
    public static final class CannotUnseal extends Exception {
        private static final long serialVersionUID = 1L;

        CannotUnseal(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }
}
