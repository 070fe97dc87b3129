package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What does not fit is answered with what does, held at both sites until its tenant has thought of it. */
@ExtendWith(FederationExtension.class)
class OffersST {

    private static final String TOKYO = "tokyo";
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void aTenantTakesFewerMachinesOfBothSites(Federation federation) throws Exception {
        Instant start = Instant.now().plus(LONG);
        String refused = federation.reserve(Requests.tooMany(start, LONG));

        JsonNode offer = awaitOffer(federation, refused, "FEWER");

        assertThat(federation.show(refused).get("state").asText()).isEqualTo("REFUSED");
        assertThat(federation.show(refused).get("problems")).isNotEmpty();
        assertThat(offer.get("machines").asInt()).isBetween(2, 59);
        assertThat(offer.get("sites").properties()).hasSize(2);
        assertThat(Instant.parse(offer.get("until").asText())).isAfter(Instant.now());
        int number = offer.get("number").asInt();
        assertThat(new Person(federation.stack(), "bob")
                        .accept(TOKYO, refused, number)
                        .status())
                .as("by a stranger")
                .isEqualTo(404);

        Person.Answer accepted = federation.alice().accept(TOKYO, refused, number);

        assertThat(accepted.status()).isEqualTo(202);
        String id = accepted.body().get("id").asText();
        assertThat(id).isEqualTo(offer.get("reservation").asText());
        JsonNode scheduled = federation.awaitState(id, "SCHEDULED");
        assertThat(scheduled.get("sites")).hasSize(2);
        assertThat(scheduled.get("machines")).hasSize(offer.get("machines").asInt() + 1);
        assertThat(federation
                        .alice()
                        .accept(TOKYO, refused, number)
                        .body()
                        .get("id")
                        .asText())
                .as("said again")
                .isEqualTo(id);
        for (JsonNode other : federation.show(refused).get("offers")) {
            if (other.get("number").asInt() != number) {
                assertThat(federation
                                .alice()
                                .accept(TOKYO, refused, other.get("number").asInt())
                                .status())
                        .as("another one beside it")
                        .isEqualTo(409);
            }
        }
        federation.cancel(id);
        federation.awaitState(id, "CANCELLED");
        federation.assertNothingIsLeft();
    }

    @Test
    void whatIsOnlyOfferedMakesWayForWhatAnotherTenantAsksFor(Federation federation) throws Exception {
        Instant start = Instant.now().plus(LONG);
        String refused = federation.reserve(Requests.tooMany(start, LONG));
        JsonNode offer = awaitOffer(federation, refused, "FEWER");
        Person bob = new Person(federation.stack(), "bob");

        String asked = federation.reserve(bob, TOKYO, Requests.wholeOsaka(start, LONG));

        federation.awaitState(bob, TOKYO, asked, "SCHEDULED");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(find(federation.show(refused), "FEWER")
                                .get("state")
                                .asText())
                        .isEqualTo("GONE"));
        assertThat(federation
                        .alice()
                        .accept(TOKYO, refused, offer.get("number").asInt())
                        .status())
                .isEqualTo(410);
        String inVain = federation.reserve(Requests.wholeOsaka(start, LONG));
        federation.awaitState(inVain, "REFUSED");
        await().atMost(SOON).until(() -> noneIsPending(federation, inVain));
        assertThat(federation.show(inVain).toString())
                .as("what alice is told of what bob has")
                .doesNotContain(asked, "bob", "bio");
        federation.cancel(bob, TOKYO, asked);
        federation.cancel(refused);
        federation.cancel(inVain);
        federation.assertNothingIsLeft();
    }

    @Test
    void bandwidthBetweenTheSitesIsPromisedNoMoreThanThereIs(Federation federation) throws Exception {
        // Given
        Instant start = Instant.now().plus(LONG);
        String first = federation.reserve(Requests.withBandwidth("700Mbit/s", start, LONG));
        federation.awaitState(first, "SCHEDULED");

        // When
        String second = federation.reserve(Requests.withBandwidth("400Mbit/s", start, LONG));
        federation.awaitState(second, "REFUSED");

        // Then: one of the two sites says so first, and what goes without a link is offered
        assertThat(federation.show(first).at("/network/bandwidth").asText()).isEqualTo("700Mbit/s");
        assertThat(federation.show(second).get("problems")).anySatisfy(problem -> {
            assertThat(problem.get("resource").asText()).isEqualTo("bandwidth");
            assertThat(problem.get("message").asText())
                    .matches(
                            "of the 400Mbit/s of the WAN to (tokyo|osaka) that a link of this cluster takes 300Mbit/s are"
                                    + " free throughout the window");
            assertThat(Instant.parse(problem.get("earliestStart").asText())).isAfter(start);
        });
        await().atMost(SOON).until(() -> noneIsPending(federation, second));
        assertThat(offers(federation.show(second)))
                .anySatisfy(offer -> assertThat(offer.get("state").asText()).isEqualTo("OPEN"));
        String third = federation.reserve(Requests.withBandwidth("300Mbit/s", start, LONG));
        federation.awaitState(third, "SCHEDULED");
        for (String id : List.of(first, second, third)) {
            federation.cancel(id);
        }
        federation.awaitState(first, "CANCELLED");
        federation.awaitState(third, "CANCELLED");
        federation.assertNothingIsLeft();
    }

    private static JsonNode awaitOffer(Federation federation, String refused, String change) throws Exception {
        federation.awaitState(refused, "REFUSED");
        await().atMost(SOON).until(() -> noneIsPending(federation, refused));
        JsonNode offer = find(federation.show(refused), change);
        assertThat(offer.get("state").asText()).as(offer.toString()).isEqualTo("OPEN");
        return offer;
    }

    private static boolean noneIsPending(Federation federation, String refused)
            throws IOException, InterruptedException {
        return offers(federation.show(refused)).stream()
                .noneMatch(offer -> offer.get("state").asText().equals("HOLDING"));
    }

    private static JsonNode find(JsonNode refused, String change) {
        return offers(refused).stream()
                .filter(offer -> offer.get("change").asText().equals(change))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such offer: " + refused));
    }

    private static List<JsonNode> offers(JsonNode refused) {
        return StreamSupport.stream(refused.get("offers").spliterator(), false).toList();
    }
}
