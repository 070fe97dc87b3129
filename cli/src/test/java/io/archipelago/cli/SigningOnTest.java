package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningOnTest {
    private static final String LIST = "GET " + FakeSite.RESERVATIONS;
    private static final String EVENTS = "GET " + FakeSite.RESERVATIONS + "/" + Bodies.ID + "/events";

    private final FakeSite site = new FakeSite();

    @TempDir
    private Path directory;

    @BeforeEach
    void answerTheList() {
        site.answers(LIST, Answer.json(200, "{\"items\":[]}"));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void signsOnAsTheDefaultUserByPasswordGrant() {
        assertThat(Terminal.signedOnAt(site, directory).vc("list").exitCode()).isZero();

        assertThat(site.signOns()).hasSize(1);
        assertThat(site.signOns().getFirst().body().split("&"))
                .containsExactlyInAnyOrder(
                        "grant_type=password", "client_id=archipelago-cli", "username=alice", "password=secret");
    }

    @Test
    void signsOnAsAnotherUserThatTheSupervisorKnows() {
        assertThat(Terminal.signedOnAt(site, directory)
                        .vc("list", "--user", "bob")
                        .exitCode())
                .isZero();

        assertThat(site.signOns().getFirst().body()).contains("username=bob", "password=hidden");
    }

    @Test
    void environmentVariablesAreEnoughForAnotherInstallation() {
        var terminal = new Terminal(directory)
                .variable("VC_URL", site.url() + "/")
                .variable("VC_TOKEN_URL", site.tokenUrl())
                .variable("VC_USER", "carol")
                .variable("VC_PASSWORD", "a&b=c");

        assertThat(terminal.vc("list").exitCode()).isZero();

        assertThat(site.signOns().getFirst().body()).contains("username=carol", "password=a%26b%3Dc");
    }

    @Test
    void signsOnAgainBeforeTheTokenExpires() {
        site.answers(EVENTS, Answer.events(1, Bodies.reservation("SCHEDULED")));

        var result = Terminal.signedOnAt(site, directory).vc("watch", Bodies.ID, "--timeout", "5m");

        assertThat(result.exitCode()).isEqualTo(6);
        assertThat(site.signOns()).hasSize(2);
        assertThat(site.asked(EVENTS))
                .last()
                .matches(asked -> asked.header("Authorization").equals("Bearer token-2"));
    }

    @Test
    void signsOnAgainOnceWhenTheSiteDoesNotAcceptTheToken() {
        site.revokes("token-1");

        assertThat(Terminal.signedOnAt(site, directory).vc("list").exitCode()).isZero();

        assertThat(site.asked(LIST))
                .extracting(asked -> asked.header("Authorization"))
                .containsExactly("Bearer token-1", "Bearer token-2");
    }

    @Test
    void exitsWithFiveWhenThePasswordIsWrong() {
        site.answers(
                "POST /token",
                Answer.json(401, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid user credentials\"}"));

        var result = Terminal.signedOnAt(site, directory).vc("list");

        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.err()).contains("Signing on as alice was refused (Invalid user credentials)");
        assertThat(result.err()).doesNotContain("secret");
    }

    @Test
    void exitsWithFiveWhenNoPasswordIsKnown() {
        var result = Terminal.signedOnAt(site, directory).vc("list", "--user", "mallory");

        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.err()).contains("No password is known for mallory", "alice, bob");
    }

    @Test
    void saysToStartTheStackWhenItIsNotRunning() {
        var result = new Terminal(directory).vc("list");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.err()).contains("start it with ./vc up");
    }

    @Test
    void saysToStartTheStackWhenNothingAnswersAnyMore() {
        var terminal = Terminal.signedOnAt(site, directory);
        site.close();

        var result = terminal.vc("list");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.err()).contains("Nothing answers at " + site.url(), "start it with ./vc up");
    }

    @Test
    void asksTheSiteThatTheUserNames() {
        var result = Terminal.signedOnAt(site, directory).vc("list", "--site", "osaka");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.err()).contains("Nothing answers at http://127.0.0.1:9");
        assertThat(site.signOns()).hasSize(1);
    }

    @Test
    void namesTheKnownSitesWhenOneIsUnknown() {
        var result = Terminal.signedOnAt(site, directory).vc("list", "--site", "kyoto");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("Site kyoto is not known. Known sites: osaka, tokyo.");
    }

    @Test
    void refusesAnAddressThatIsNone() {
        var terminal = Terminal.signedOnAt(site, directory);

        assertThat(terminal.vc("list", "--url", "tokyo:8080").exitCode()).isEqualTo(2);
        assertThat(terminal.vc("list", "--url", "http://x y").exitCode()).isEqualTo(2);
        assertThat(terminal.vc("list", "--url", site.url(), "--site", "tokyo").exitCode())
                .isEqualTo(2);
    }

    @Test
    void saysSoWhenTheEndpointsFileIsBroken() {
        var result = new Terminal(directory)
                .file(".vc/endpoints.json", "{\"sites\": ")
                .vc("list");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("endpoints.json cannot be understood", "./vc up writes it anew");
    }

    @Test
    void findsTheEndpointsInVcHome() {
        Terminal.signedOnAt(site, directory.resolve("elsewhere"));

        var result =
                new Terminal(directory).variable("VC_HOME", "elsewhere/.vc").vc("list");

        assertThat(result.exitCode()).isZero();
    }
}
