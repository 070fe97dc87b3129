package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import io.archipelago.wire.Sealed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** The secrets with which hosts attach volumes: nobody reads them but the host that they were sealed to. */
final class ChapSecrets {

    private static final String SEALED_DISKS =
            "select host || ' ' || (spec ->> 'sealedChapSecret') from resource where not absent and key like 'disk/%'";

    private ChapSecrets() {}

    /** Opens them as the hosts do, and looks for what comes out wherever somebody else reads. */
    static void assertSecret(RunningStack stack) throws Exception {
        List<String> secrets = new ArrayList<>();
        for (Site site : stack.stack().sites()) {
            secrets.addAll(opened(stack, site.id()));
        }
        assertThat(secrets).isNotEmpty().doesNotHaveDuplicates().allMatch(secret -> secret.matches("[0-9a-f]{24}"));

        try (Stream<Path> logs = Files.list(stack.logs())) {
            for (Path log : logs.toList()) {
                assertNone(secrets, log.toString(), Files.readString(log));
            }
        }
        for (Site site : stack.stack().sites()) {
            for (String message : Outside.contents(stack, site).everything()) {
                assertNone(secrets, "a topic of " + site.id(), message);
            }
            JsonNode hosts = stack.agent(site.id(), "/sim/hosts");
            assertNone(secrets, "the view of the hosts of " + site.id(), hosts.toString());
            assertThat(hosts.toString()).doesNotContainIgnoringCase("secret");
        }
    }

    private static List<String> opened(RunningStack stack, String site) throws Exception {
        List<String> secrets = new ArrayList<>();
        for (String hostAndSealed : stack.query(site, ServiceKind.STORAGE, SEALED_DISKS)) {
            String[] parts = hostAndSealed.split(" ", 2);
            secrets.add(Sealed.unseal(key(stack.hostDirectory(site, parts[0])), parts[1]));
        }
        return secrets;
    }

    /** The second line of the file in which a host keeps its keys. */
    private static PrivateKey key(Path hostDirectory) throws Exception {
        List<String> lines = Files.readAllLines(hostDirectory.resolve("sealing-key"));
        return KeyFactory.getInstance("X25519")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.getLast())));
    }

    private static void assertNone(List<String> secrets, String where, String text) {
        // Without the text in the message: that would tell it.
        assertThat(secrets.stream().filter(text::contains).count())
                .as("secrets in plain text in " + where)
                .isZero();
    }
}
