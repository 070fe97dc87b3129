package io.archipelago.bus;

import io.archipelago.contracts.Uuid7;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Gives every request a correlation id, the caller's own if it is a plain one, and tells it in the answer. */
class CorrelationFilter {

    static final String HEADER = "X-Correlation-Id";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Clock clock = Clock.systemUTC();
    private final RandomGenerator random = new SecureRandom();

    @ServerRequestFilter(preMatching = true)
    void begin(ContainerRequestContext request) {
        String given = request.getHeaderString(HEADER);
        String id = given != null && PLAIN.matcher(given).matches()
                ? given
                : Uuid7.next(clock.instant(), random).toString();
        request.setProperty(HEADER, id);
        LogContext.set(LogContext.Key.CORRELATION_ID, id);
    }

    @ServerResponseFilter
    void end(ContainerRequestContext request, ContainerResponseContext response) {
        Object id = request.getProperty(HEADER);
        if (id != null) {
            response.getHeaders().putSingle(HEADER, id);
        }
    }
}
