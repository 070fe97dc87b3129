package io.archipelago.system;

import static io.archipelago.system.Federation.MASTER;
import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who only asks is answered by both sites, and nobody books anything. */
@ExtendWith(FederationExtension.class)
class PreviewST {

    private static final Duration LONG = Duration.ofHours(1);
    private static final String PREVIEW = "/api/v1/reservations/preview";
    private static final String AVAILABILITY = "/api/v1/availability";

    @Test
    void whatFitsIsSaidByBothSitesAndIsStillThere(Federation federation) throws Exception {
        Instant start = Instant.now().plus(LONG);

        JsonNode fits = preview(federation, Requests.small(start, LONG));

        assertThat(fits.get("state").asText()).as(fits.toString()).isEqualTo("FITS");
        assertThat(fits.at("/sites/tokyo").asInt())
                .as("two machines and the frontend")
                .isEqualTo(3);
        assertThat(fits.at("/sites/osaka").asInt()).isEqualTo(2);
        federation.assertNothingIsLeft();
        assertThat(new Person(federation.stack(), "bob")
                        .get(
                                MASTER,
                                ServiceKind.RESERVATION,
                                PREVIEW + "/" + fits.get("id").asText())
                        .status())
                .as("to a stranger")
                .isEqualTo(404);
        String asked = federation.reserve(Requests.small(start, LONG));
        federation.awaitState(asked, "SCHEDULED");
        federation.cancel(asked);
        federation.awaitState(asked, "CANCELLED");
        federation.assertNothingIsLeft();
    }

    @Test
    void whatDoesNotFitIsAnsweredWithWhatDoes(Federation federation) throws Exception {
        // What the other site has told of itself may be of before the last test's clusters ended.
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode refused =
                    preview(federation, Requests.tooMany(Instant.now().plus(LONG), LONG));
            assertThat(refused.get("state").asText()).isEqualTo("REFUSED");
            assertThat(refused.get("problems")).isNotEmpty();
            assertThat(StreamSupport.stream(refused.get("alternatives").spliterator(), false))
                    .as(refused.toString())
                    .anySatisfy(each -> {
                        assertThat(each.get("change").asText()).isEqualTo("FEWER");
                        assertThat(each.get("state").asText()).isEqualTo("FITS");
                        assertThat(each.get("sites").properties()).hasSize(2);
                    });
        });
        federation.assertNothingIsLeft();
    }

    @Test
    void saysWhenItCouldBeHad(Federation federation) throws Exception {
        // Given: osaka is taken for an hour
        Instant start = Instant.now().plus(LONG);
        Person bob = new Person(federation.stack(), "bob");
        String taken = federation.reserve(bob, MASTER, Requests.wholeOsaka(start, LONG));
        federation.awaitState(bob, MASTER, taken, "SCHEDULED");
        String query =
                AVAILABILITY + "?machines=30&cpus=16&memory=1GiB&disk=1GiB&maxPerHost=1&duration=PT1H&from=" + start;

        // When: more than tokyo has is asked for; what the sites advertise may be a moment old
        JsonNode found = await().atMost(SOON)
                .until(
                        () -> answered(
                                federation,
                                AVAILABILITY,
                                federation.alice().get(MASTER, ServiceKind.RESERVATION, query)),
                        answer -> answer.get("state").asText().equals("FOUND"));

        // Then
        assertThat(Instant.parse(found.at("/window/start").asText()))
                .as(found.toString())
                .isAfterOrEqualTo(start.plus(LONG));
        assertThat(found.get("sites").properties()).hasSize(2);
        assertThat(found.get("problems")).as("what is in the way before").isNotEmpty();
        federation.cancel(bob, MASTER, taken);
        federation.awaitState(bob, MASTER, taken, "CANCELLED");
        federation.assertNothingIsLeft();
    }

    private static JsonNode preview(Federation federation, String json) throws Exception {
        return answered(federation, PREVIEW, federation.alice().preview(MASTER, json));
    }

    /** Whoever hears that there is more to come asks for that. */
    private static JsonNode answered(Federation federation, String path, Person.Answer first) {
        assertThat(first.status()).as(first.body().toString()).isIn(200, 202);
        if (first.status() == 200) {
            return first.body();
        }
        String more = path + "/" + first.body().get("id").asText();
        return await().atMost(SOON)
                .until(
                        () -> federation
                                .alice()
                                .get(MASTER, ServiceKind.RESERVATION, more)
                                .body(),
                        seen -> !seen.toString().contains("ASKING"));
    }
}
