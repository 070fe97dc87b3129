package io.archipelago.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which site to ask, and as whom. An option wins over an environment variable, and that over the supervisor's file. */
record Endpoints(URI site, URI tokenUrl, String clientId, String user, String password) {
    private static final String DEFAULT_CLIENT = "archipelago-cli";

    /** What the user chose on the command line. */
    record Choice(
            @Nullable String site,
            @Nullable String url,
            @Nullable String user) {}

    /** {@code $VC_HOME/endpoints.json}, as the supervisor of {@code ./vc up} writes it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Written(
            @Nullable Map<String, String> sites,
            @Nullable String tokenUrl,
            @Nullable String clientId,
            @Nullable Map<String, String> users,
            @Nullable String defaultUser,
            @Nullable String defaultSite) {
        private static final Written NOTHING = new Written(null, null, null, null, null, null);

        private Map<String, String> sitesOrNone() {
            return sites == null ? Map.of() : sites;
        }

        private Map<String, String> usersOrNone() {
            return users == null ? Map.of() : users;
        }
    }

    static Endpoints discover(Environment environment, Choice choice) {
        Map<String, String> variables = new LinkedHashMap<>(environment.variables());
        variables.values().removeIf(String::isBlank);
        Path file = environment
                .directory()
                .resolve(variables.getOrDefault("VC_HOME", ".vc"))
                .resolve("endpoints.json");
        Written written = read(file);
        String site = siteUrl(written, choice, variables, file);
        String tokenUrl = first(variables.get("VC_TOKEN_URL"), written.tokenUrl());
        if (tokenUrl == null) {
            throw notRunning(file, "It is not known where to sign on (VC_TOKEN_URL).");
        }
        String user = first(choice.user(), variables.get("VC_USER"), written.defaultUser());
        if (user == null) {
            throw Failure.of(
                    ExitCode.FORBIDDEN, "It is not known who you are. Give --user, or set VC_USER and VC_PASSWORD.");
        }
        return new Endpoints(
                uri(site),
                uri(tokenUrl),
                written.clientId() == null ? DEFAULT_CLIENT : written.clientId(),
                user,
                password(written, variables, user));
    }

    private static String siteUrl(Written written, Choice choice, Map<String, String> variables, Path file) {
        if (choice.url() != null) {
            return choice.url();
        }
        Map<String, String> sites = written.sitesOrNone();
        if (choice.site() != null) {
            String url = sites.get(choice.site());
            if (url != null) {
                return url;
            }
            if (sites.isEmpty()) {
                throw notRunning(file, "Site " + choice.site() + " is not known here.");
            }
            throw Failure.of(
                    ExitCode.USAGE,
                    "Site " + choice.site() + " is not known. Known sites: "
                            + String.join(", ", new TreeSet<>(sites.keySet())) + ".");
        }
        String byDefault = written.defaultSite() == null ? null : sites.get(written.defaultSite());
        String any = sites.isEmpty() ? null : sites.values().iterator().next();
        String url = first(variables.get("VC_URL"), byDefault, any);
        if (url == null) {
            throw notRunning(file, "No site is known here.");
        }
        return url;
    }

    /** VC_PASSWORD belongs to VC_USER; for another user that the supervisor knows, the file has the password. */
    private static String password(Written written, Map<String, String> variables, String user) {
        String inFile = written.usersOrNone().get(user);
        String inVariable = variables.get("VC_PASSWORD");
        boolean variableIsTheirs = user.equals(variables.get("VC_USER")) || inFile == null;
        String password = variableIsTheirs ? first(inVariable, inFile) : inFile;
        if (password == null) {
            var known = new TreeSet<>(written.usersOrNone().keySet());
            throw Failure.of(
                    ExitCode.FORBIDDEN,
                    "No password is known for " + user + ". Set VC_PASSWORD"
                            + (known.isEmpty() ? "." : ", or use one of: " + String.join(", ", known) + "."));
        }
        return password;
    }

    private static Written read(Path file) {
        try {
            return JsonMapper.builder().build().readValue(Files.readString(file), Written.class);
        } catch (NoSuchFileException notRunning) {
            return Written.NOTHING;
        } catch (JsonProcessingException broken) {
            throw Failure.of(
                    ExitCode.FAULT,
                    file + " cannot be understood: " + broken.getOriginalMessage(),
                    "./vc up writes it anew.");
        } catch (IOException unreadable) {
            throw Failure.of(ExitCode.FAULT, file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private static Failure notRunning(Path file, String what) {
        return Failure.of(
                ExitCode.UNREACHABLE,
                what + " Archipelago does not seem to be running: start it with ./vc up",
                "There is no complete " + file
                        + "; for another installation set VC_URL, VC_TOKEN_URL, VC_USER and VC_PASSWORD.");
    }

    private static URI uri(String text) {
        URI uri;
        try {
            uri = URI.create(text.replaceAll("/+$", ""));
        } catch (IllegalArgumentException malformed) {
            throw Failure.of(ExitCode.USAGE, "\"" + text + "\" is not a URL.");
        }
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw Failure.of(
                    ExitCode.USAGE, "\"" + text + "\" is not a URL of the form http://host:port or https://host:port.");
        }
        return uri;
    }

    private static @Nullable String first(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null) {
                return candidate;
            }
        }
        return null;
    }
}
