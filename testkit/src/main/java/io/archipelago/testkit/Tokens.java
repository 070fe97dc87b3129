package io.archipelago.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Bearer tokens as the sign-on server would give them, signed with a key that only this test run knows. */
public final class Tokens {

    // Kept where every class loader of the test run finds the same.
    private static final String PRIVATE = "archipelago.test.token.private";
    private static final String PUBLIC = "archipelago.test.token.public";
    private static final int KEY_BITS = 2048;
    private static final Duration LIFE = Duration.ofHours(1);

    private Tokens() {}

    /**
     * A token.
     *
     * @param user the name of who signs on
     * @param tenant their tenant; empty for none
     * @param roles of {@code tenant}, {@code operator}, {@code admin}
     */
    public static String of(String user, String tenant, String... roles) {
        return lasting(LIFE, user, tenant, roles);
    }

    /** The same, but it runs out after a time; a negative one: it has. */
    public static String lasting(Duration life, String user, String tenant, String... roles) {
        Instant now = Instant.now();
        String roleList = Stream.of(roles).map(Tokens::quoted).collect(Collectors.joining(","));
        List<String> claims = List.of(
                "\"sub\":" + quoted(user),
                "\"preferred_username\":" + quoted(user),
                "\"iat\":" + now.minus(LIFE).getEpochSecond(),
                "\"exp\":" + now.plus(life).getEpochSecond(),
                "\"realm_access\":{\"roles\":[" + roleList + "]}",
                "\"tenant\":" + quoted(tenant));
        String content = encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "."
                + encode("{"
                        + claims.stream()
                                .filter(claim -> !claim.equals("\"tenant\":\"\""))
                                .collect(Collectors.joining(","))
                        + "}");
        return content + "." + sign(content);
    }

    /** The configuration under which a service takes these tokens and needs no sign-on server. */
    static Map<String, String> config() {
        ensureKeys();
        return Map.of("quarkus.oidc.public-key", System.getProperty(PUBLIC));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String sign(String content) {
        ensureKeys();
        try {
            byte[] key = Base64.getDecoder().decode(System.getProperty(PRIVATE));
            PrivateKey privateKey = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(privateKey);
            signature.update(content.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java can sign", e);
        }
    }

    private static void ensureKeys() {
        synchronized (System.class) {
            if (System.getProperty(PRIVATE) != null) {
                return;
            }
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(KEY_BITS);
                KeyPair pair = generator.generateKeyPair();
                Base64.Encoder encoder = Base64.getEncoder();
                System.setProperty(
                        PUBLIC, encoder.encodeToString(pair.getPublic().getEncoded()));
                System.setProperty(
                        PRIVATE, encoder.encodeToString(pair.getPrivate().getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java has RSA", e);
            }
        }
    }
}
