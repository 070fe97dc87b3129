package io.archipelago.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the command line reaches the stack. The users are those of the realm that local mode imports: public ones. */
record Endpoints(
        Map<String, String> sites,
        String tokenUrl,
        String clientId,
        Map<String, String> users,
        String defaultUser,
        String defaultSite) {

    private static final String CLIENT = "archipelago-cli";

    static Endpoints of(Stack stack, Path realmFile) throws IOException {
        Map<String, String> sites = new LinkedHashMap<>();
        for (Site site : stack.sites()) {
            sites.put(site.id(), stack.apiUrl(site));
        }
        Map<String, String> users = new LinkedHashMap<>();
        for (JsonNode user : JsonFiles.read(realmFile, JsonNode.class).path("users")) {
            users.put(
                    user.path("username").asText(),
                    user.path("credentials").path(0).path("value").asText());
        }
        return new Endpoints(
                sites,
                stack.tokenUrl(),
                CLIENT,
                users,
                users.keySet().iterator().next(),
                stack.sites().getFirst().id());
    }
}
