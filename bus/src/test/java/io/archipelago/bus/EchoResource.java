package io.archipelago.bus;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A REST resource in small, with everything that can go wrong. */
@Path("/api/v1/echo")
@RolesAllowed("tenant")
class EchoResource {

    enum Colour {
        RED,
        GREEN
    }

    record Window(Instant start, @Nullable Duration length) {}

    record Order(
            String name,
            int count,
            @Nullable Window window,
            @Nullable Colour colour,
            @Nullable List<SiteId> sites) {
        Order {
            if (count > 100) {
                throw new IllegalArgumentException("count must be at most 100");
            }
        }
    }

    @Inject
    UnitOfWork unitOfWork;

    @POST
    public Uni<Order> echo(Order order) {
        return unitOfWork.inTransaction(tx -> Uni.createFrom().item(order));
    }

    @GET
    @Path("/rejected/{code}")
    public Uni<String> rejected(ErrorCode code) {
        return unitOfWork.inTransaction(tx -> Uni.createFrom().failure(new Rejection(code, "because")));
    }

    @GET
    @Path("/broken")
    public Uni<String> broken() {
        return unitOfWork.inTransaction(tx -> Uni.createFrom().failure(new IllegalStateException("secret detail")));
    }

    @GET
    @Path("/away")
    public Uni<String> away() {
        return unitOfWork.inTransaction(
                tx -> Uni.createFrom().failure(new ConnectException("connection refused: db.secret.example")));
    }

    @GET
    @Path("/late")
    public Uni<String> late() {
        return unitOfWork.inTransaction(tx -> tx.session()
                .createNativeQuery("insert into parked_key (consumer, ordering_key) values ('x', 'x'), ('x', 'x')")
                .executeUpdate()
                .replaceWith("never"));
    }
}
