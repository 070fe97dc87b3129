package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.app.Quotas;
import io.archipelago.reservation.domain.Quota;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What tenants may have at this site, and what they have. */
@Path("/api/v1/quota")
@Produces(MediaType.APPLICATION_JSON)
public class QuotaResource {

    private static final long GIB = 1L << 30;

    private final UnitOfWork unitOfWork;
    private final Quotas quotas;
    private final Caller caller;

    QuotaResource(UnitOfWork unitOfWork, Quotas quotas, Caller caller) {
        this.unitOfWork = unitOfWork;
        this.quotas = quotas;
        this.caller = caller;
    }

    /**
     * A tenant's quota.
     *
     * @param limits what it may have; machine hours in each calendar month (UTC), and from now to the start of any reservation
     * @param used what it has: machines and volumes when it has most of them from now on, rounded up to whole GiB
     * @param machineHours what it has of this month's hours, and of each month's up to the last in which it has something
     */
    public record QuotaView(TenantId tenant, Amounts limits, Amounts used, SortedMap<String, Long> machineHours) {}

    /** How much; machine hours and how far ahead are limits only. */
    public record Amounts(
            long machines,
            @Nullable Long machineHours,
            long volumeGib,
            int reservations,
            @Nullable Duration ahead) {}

    /** The caller's own; operators and administrators name the tenant. */
    @GET
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<QuotaView> get(@QueryParam("tenant") @Nullable String named) {
        TenantId tenant = tenant(caller.who(), named);
        return unitOfWork.inTransaction(tx -> quotas.standing(tx, tenant)).map(standing -> view(tenant, standing));
    }

    private static TenantId tenant(Caller.Who who, @Nullable String named) {
        if (named == null && !who.seesAll()) {
            return who.tenant();
        }
        TenantId tenant = parse(named);
        if (!who.sees(tenant)) {
            throw new Rejection(ErrorCode.FORBIDDEN, "tenants see their own quota only; leave out 'tenant'");
        }
        return tenant;
    }

    private static TenantId parse(@Nullable String named) {
        try {
            return new TenantId(named == null ? "" : named);
        } catch (IllegalArgumentException e) {
            String allowed = "the id of a tenant: " + e.getMessage();
            throw new Rejection(
                    ErrorCode.INVALID_REQUEST, "tenant: " + allowed, List.of(new FieldError("tenant", allowed)));
        }
    }

    private static QuotaView view(TenantId tenant, Quotas.Standing standing) {
        Quota limits = standing.limits();
        Quota.Used used = standing.used();
        SortedMap<String, Long> hours = new TreeMap<>();
        for (Map.Entry<YearMonth, Long> month : used.machineHours().entrySet()) {
            hours.put(month.getKey().toString(), month.getValue());
        }
        return new QuotaView(
                tenant,
                new Amounts(
                        limits.machines(),
                        limits.machineHours(),
                        Math.ceilDiv(limits.volumeBytes(), GIB),
                        limits.reservations(),
                        limits.ahead()),
                new Amounts(used.machines(), null, Math.ceilDiv(used.volumeBytes(), GIB), used.reservations(), null),
                hours);
    }
}
