package io.archipelago.placement.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.participant.rest.HostInPath;
import io.archipelago.placement.app.MaintenanceService;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When hosts of the site are maintained, of whatever role. Said here for all participants; each shows at {@code GET /api/v1/hosts/{host}/maintenance} what
 * it knows of it, and what it has booked for then.
 */
@Path("/api/v1/hosts/{host}/maintenance/{name}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({"operator", "admin"})
public class MaintenanceResource {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final String INSTANT = "required: an instant with its offset, such as 2026-12-01T09:00:00+09:00";
    private static final Pattern REASON = Pattern.compile("\\P{Cntrl}{0,200}");
    private static final Duration LONGEST_PAST = Duration.ofDays(366);
    private static final Duration FARTHEST = Duration.ofDays(5 * 366);

    private final UnitOfWork unitOfWork;
    private final MaintenanceService maintenance;
    private final SecurityIdentity identity;

    MaintenanceResource(UnitOfWork unitOfWork, MaintenanceService maintenance, SecurityIdentity identity) {
        this.unitOfWork = unitOfWork;
        this.maintenance = maintenance;
        this.identity = identity;
    }

    /**
     * What an operator writes.
     *
     * @param start from when; may be in the past, by a year at most
     * @param end until when, later than now, by five years at most
     * @param reason for other operators; may be left out
     */
    public record MaintenanceRequest(
            @Nullable Instant start,
            @Nullable Instant end,
            @Nullable String reason) {}

    /** Plans a maintenance, or moves the one of that name: nothing more is booked of the host for then. What has begun stays; the rest is moved if it can be. */
    @PUT
    public Uni<Maintenance> plan(
            @PathParam("host") String host, @PathParam("name") String name, MaintenanceRequest request) {
        HostId id = HostInPath.read(host);
        String operator = identity.getPrincipal().getName();
        return unitOfWork.inTransaction(tx -> {
            Maintenance wanted = read(name, request, operator, tx.now());
            return maintenance.plan(tx, id, wanted).replaceWith(wanted);
        });
    }

    /** Takes a maintenance back; there need not be one of that name. */
    @DELETE
    public Uni<Void> cancel(@PathParam("host") String host, @PathParam("name") String name) {
        HostId id = HostInPath.read(host);
        return unitOfWork.inTransaction(tx -> maintenance.cancel(tx, id, name));
    }

    private static Maintenance read(String name, @Nullable MaintenanceRequest request, String operator, Instant now) {
        List<FieldError> errors = new ArrayList<>();
        if (request == null) {
            throw Rejection.invalid(Rejection.BODY, "an object with start and end");
        }
        if (!NAME.matcher(name).matches()) {
            errors.add(new FieldError("name", "1 to 40 lower-case letters, digits and hyphens, such as bios-update"));
        }
        Instant start = request.start();
        Instant end = request.end();
        if (start == null || start.isBefore(now.minus(LONGEST_PAST))) {
            errors.add(new FieldError("start", INSTANT + ", at most a year ago"));
        }
        if (end == null
                || !end.isAfter(now)
                || start != null && !end.isAfter(start)
                || end.isAfter(now.plus(FARTHEST))) {
            errors.add(new FieldError(
                    "end", INSTANT + ", later than start and than now, " + now + ", and at most five years from now"));
        }
        String reason = Objects.requireNonNullElse(request.reason(), "");
        if (!REASON.matcher(reason).matches()) {
            errors.add(new FieldError("reason", "a line of at most 200 characters"));
        }
        if (!errors.isEmpty() || start == null || end == null) {
            throw Rejection.invalid(errors);
        }
        return new Maintenance(name, new TimeWindow(start, end), reason, operator);
    }
}
