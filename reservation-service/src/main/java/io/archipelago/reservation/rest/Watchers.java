package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.ReservationMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who watches at this instance. Each of them asks the database again and again: so many are let in, and no tenant may fill the house. */
@ApplicationScoped
class Watchers {

    /** Operators who are in no tenant count together, as one more tenant. */
    private static final String NO_TENANT = "";

    private final ReservationConfig.Watch config;
    private final ReservationMetrics metrics;
    private final Map<String, Integer> ofTenant = new HashMap<>();
    private int all;

    Watchers(ReservationConfig config, ReservationMetrics metrics) {
        this.config = config.watch();
        this.metrics = metrics;
    }

    /**
     * Asks whether another may come in; that it does is not certain until it has entered.
     *
     * @throws Rejection TOO_MANY_CONNECTIONS that names the limit
     */
    synchronized void assertRoomFor(Caller.Who who) {
        inTheWay(who).ifPresent(reason -> {
            throw new Rejection(ErrorCode.TOO_MANY_CONNECTIONS, reason);
        });
    }

    /** Counts one in, if there is room. */
    synchronized boolean enter(Caller.Who who) {
        if (inTheWay(who).isPresent()) {
            return false;
        }
        all++;
        ofTenant.merge(tenant(who), 1, Integer::sum);
        metrics.watching(1);
        return true;
    }

    /** Counts out one that had entered. */
    synchronized void leave(Caller.Who who) {
        all--;
        ofTenant.computeIfPresent(tenant(who), (tenant, open) -> open == 1 ? null : open - 1);
        metrics.watching(-1);
    }

    private Optional<String> inTheWay(Caller.Who who) {
        if (ofTenant.getOrDefault(tenant(who), 0) >= config.perTenant()) {
            return Optional.of(
                    "your tenant watches " + config.perTenant()
                            + " times already, the most that one may (reservation.watch.per-tenant): close one, or ask again later");
        }
        if (all >= config.inAll()) {
            return Optional.of("all tenants together watch " + config.inAll()
                    + " times already, the most that this site serves (reservation.watch.in-all): ask again later");
        }
        return Optional.empty();
    }

    private static String tenant(Caller.Who who) {
        return who.claimed().map(TenantId::value).orElse(NO_TENANT);
    }
}
