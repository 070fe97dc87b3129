package io.archipelago.agent.drivers.disk;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a session is begun with.
 *
 * @param target the target to log in to
 * @param portal the address and port where it is served
 * @param initiator the name that this host gives itself; the name that the host has otherwise is not changed
 * @param user the name for CHAP
 * @param secret the secret for CHAP
 * @param keepsWrites how long the kernel keeps what is written while the storage host does not answer, before it fails
 */
record Login(String target, String portal, String initiator, String user, String secret, Duration keepsWrites) {

    /** For one attempt, at first or after the storage host was away: short, so that it is soon found to be back. */
    private static final String ANSWERS_WITHIN = "5";

    /** What the storage host lets in, by open-iscsi's names of settings. */
    Map<String, String> identity() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("iface.initiatorname", initiator);
        identity.put("node.session.auth.username", user);
        identity.put("node.session.auth.password", secret);
        return identity;
    }

    /** All settings, by open-iscsi's names of them. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(identity());
        // Nothing is attached but by the agent, also not when the host starts.
        settings.put("node.startup", "manual");
        settings.put("node.conn[0].startup", "manual");
        settings.put("node.session.auth.authmethod", "CHAP");
        settings.put("node.session.timeo.replacement_timeout", Long.toString(keepsWrites.toSeconds()));
        settings.put("node.conn[0].timeo.login_timeout", ANSWERS_WITHIN);
        // The agent tries again, and says why in between.
        settings.put("node.session.initial_login_retry_max", "1");
        return settings;
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "Login[target=" + target + ", portal=" + portal + ", initiator=" + initiator + ", user=" + user + "]";
    }
}
