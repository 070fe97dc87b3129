package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.TenantId;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Who calls, by the token that came with the request. */
@RequestScoped
class Caller {

    static final String TENANT = "tenant";
    static final String OPERATOR = "operator";
    static final String ADMIN = "admin";

    private final SecurityIdentity identity;
    private final JsonWebToken token;

    Caller(SecurityIdentity identity, JsonWebToken token) {
        this.identity = identity;
        this.token = token;
    }

    /** Who calls, to be asked before a transaction begins: within one, the request's context is not at hand. */
    Who who() {
        return new Who(
                identity.getPrincipal().getName(),
                claimed(),
                identity.hasRole(OPERATOR) || identity.hasRole(ADMIN),
                Instant.ofEpochSecond(token.getExpirationTime()));
    }

    /**
     * A caller.
     *
     * @param name the sign-on's name
     * @param claimed the tenant that the sign-on names, if it names one
     * @param seesAll whether it may see what belongs to any tenant
     * @param until when the sign-on runs out
     */
    record Who(String name, Optional<TenantId> claimed, boolean seesAll, Instant until) {

        boolean sees(TenantId tenant) {
            return seesAll || claimed.filter(tenant::equals).isPresent();
        }

        /**
         * The tenant that the caller acts for.
         *
         * @throws Rejection FORBIDDEN if the token names none, or not one as tenants are named
         */
        TenantId tenant() {
            return claimed.orElseThrow(() -> new Rejection(
                    ErrorCode.FORBIDDEN, "the sign-on names no tenant; ask the administrator to put you into one"));
        }
    }

    private Optional<TenantId> claimed() {
        return switch ((Object) token.getClaim("tenant")) {
            case String text -> tenant(text);
            case JsonString text -> tenant(text.getString());
            case JsonArray array
            when array.size() == 1 && array.get(0) instanceof JsonString text -> tenant(text.getString());
            case JsonArray array -> Optional.empty();
            case Collection<?> many
            when many.size() == 1 -> tenant(String.valueOf(many.iterator().next()));
            case null, default -> Optional.empty();
        };
    }

    /** What is no tenant's id names no tenant: that is the administrator's to mend, and no fault of ours. */
    private static Optional<TenantId> tenant(String text) {
        try {
            return Optional.of(new TenantId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
