package io.archipelago.bus;

import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an operator does about parked messages. */
@Path("/api/v1/dead-letters")
@RolesAllowed({"operator", "admin"})
@Produces(MediaType.APPLICATION_JSON)
public class DeadLettersResource {

    /**
     * What to discard.
     *
     * @param messageId of the first message, as listed
     */
    public record Discard(@Nullable UUID messageId) {}

    private final DeadLetters deadLetters;
    private final SecurityIdentity identity;

    DeadLettersResource(DeadLetters deadLetters, SecurityIdentity identity) {
        this.deadLetters = deadLetters;
        this.identity = identity;
    }

    @GET
    public Uni<List<DeadLetters.Parked>> list() {
        return deadLetters.list();
    }

    @POST
    @Path("/{id}/replay")
    public Uni<DeadLetters.Outcome> replay(long id) {
        return deadLetters.replay(id);
    }

    @POST
    @Path("/{id}/discard")
    public Uni<DeadLetters.Outcome> discard(long id, @Nullable Discard request) {
        if (request == null || request.messageId() == null) {
            throw Rejection.invalid("messageId", "must be the id of the first message, as listed");
        }
        return deadLetters.discard(
                id, request.messageId(), identity.getPrincipal().getName());
    }
}
