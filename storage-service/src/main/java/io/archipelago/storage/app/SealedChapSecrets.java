package io.archipelago.storage.app;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.participant.app.HostKeys;
import io.archipelago.storage.domain.ChapSecrets;
import io.archipelago.wire.Sealed;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Secrets made from the site's key and the volume's name, so that none has to be kept: HMAC-SHA256, the first 24 hex digits. */
final class SealedChapSecrets implements ChapSecrets {

    private static final String HMAC = "HmacSHA256";
    /** As text twice as many characters: RFC 3720 asks for at least 96 bits where nothing protects the network. */
    private static final int BYTES = 12;

    private final byte[] siteKey;
    private final HostKeys hosts;
    /** By key: to read a key takes longer than all else, and secrets are looked at often. */
    private final Map<String, Optional<String>> beginnings = new ConcurrentHashMap<>();

    SealedChapSecrets(byte[] siteKey, HostKeys hosts) {
        this.siteKey = siteKey.clone();
        this.hosts = hosts;
    }

    @Override
    public String user(ResourceKey volume) {
        return volume.id();
    }

    @Override
    public boolean sealable(HostId host) {
        return beginning(host).isPresent();
    }

    @Override
    public String sealed(ResourceKey volume, HostId host) {
        String key = hosts.of(host)
                .orElseThrow(() -> new IllegalStateException("host " + host + " has announced no key for secrets"));
        return Sealed.seal(key, secret(volume));
    }

    @Override
    public boolean outdated(String sealed, HostId host) {
        return beginning(host).filter(begin -> !sealed.startsWith(begin)).isPresent();
    }

    /** What is no key is as good as none. */
    private Optional<String> beginning(HostId host) {
        return hosts.of(host).flatMap(key -> beginnings.computeIfAbsent(key, Sealed::beginning));
    }

    private String secret(ResourceKey volume) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(siteKey, HMAC));
            byte[] code = mac.doFinal(volume.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(code, 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
