package io.archipelago.testkit;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** Who may look at what a service owns. */
public final class OperatorAccess {

    private static final int OK = 200;
    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;

    private OperatorAccess() {}

    /** Asserts that operators and admins may read the paths, and nobody else. */
    public static void isNeededFor(String... paths) {
        for (String path : paths) {
            assertThat(given().get(path).statusCode()).as("no token: " + path).isEqualTo(UNAUTHENTICATED);
            assertThat(status("not.a.token", path))
                    .as("no token of ours: " + path)
                    .isEqualTo(UNAUTHENTICATED);
            assertThat(status(Tokens.of("alice", "astro", "tenant"), path))
                    .as("tenant: " + path)
                    .isEqualTo(FORBIDDEN);
            assertThat(status(Tokens.of("nobody", ""), path))
                    .as("no role: " + path)
                    .isEqualTo(FORBIDDEN);
            assertThat(status(Tokens.of("oscar", "", "operator"), path))
                    .as("operator: " + path)
                    .isEqualTo(OK);
            assertThat(status(Tokens.of("ada", "", "admin"), path))
                    .as("admin: " + path)
                    .isEqualTo(OK);
        }
    }

    private static int status(String token, String path) {
        return given().auth().oauth2(token).get(path).statusCode();
    }
}
