package io.archipelago.bus;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.wire.Json;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** The one place that turns an exception into an answer. */
class ProblemMapper {

    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
    private static final int MAX_CAUSES = 20;
    private static final int RETRY_AFTER_SECONDS = 5;

    @ServerExceptionMapper
    Response rejected(Rejection rejection, ContainerRequestContext request) {
        return answer(
                rejection.code(),
                Problem.status(rejection.code()),
                String.valueOf(rejection.getMessage()),
                rejection.errors(),
                request);
    }

    @ServerExceptionMapper
    Response unauthorized(UnauthorizedException failure, ContainerRequestContext request) {
        return unauthenticated(request);
    }

    @ServerExceptionMapper
    Response badToken(AuthenticationFailedException failure, ContainerRequestContext request) {
        return unauthenticated(request);
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException failure, ContainerRequestContext request) {
        return answer(ErrorCode.FORBIDDEN, 403, "your roles do not allow this", List.of(), request);
    }

    // Quarkus has an answer of its own for this subclass, which only a mapper of the very same type replaces.
    @ServerExceptionMapper
    Response mismatched(MismatchedInputException failure, ContainerRequestContext request) {
        return badJson(failure, request);
    }

    @ServerExceptionMapper
    Response unreadable(JsonProcessingException failure, ContainerRequestContext request) {
        return badJson(failure, request);
    }

    @ServerExceptionMapper
    Response web(WebApplicationException failure, ContainerRequestContext request) {
        Optional<JacksonException> json = cause(failure, JacksonException.class);
        if (json.isPresent()) {
            return badJson(json.get(), request);
        }
        int status = failure.getResponse().getStatus();
        if (status < 400 || status >= 500) {
            return broken(failure, request);
        }
        return switch (status) {
            case 401 -> unauthenticated(request);
            case 403 -> answer(ErrorCode.FORBIDDEN, status, "your roles do not allow this", List.of(), request);
            case 404 -> answer(ErrorCode.NOT_FOUND, status, "there is nothing at this path", List.of(), request);
            case 405 ->
                answer(
                        ErrorCode.INVALID_REQUEST,
                        status,
                        "this method is not allowed at this path",
                        List.of(),
                        request);
            case 406 -> answer(ErrorCode.INVALID_REQUEST, status, "no such media type is served", List.of(), request);
            case 409 -> answer(ErrorCode.CONFLICT, status, "the thing has moved on; read it again", List.of(), request);
            case 415 -> answer(ErrorCode.INVALID_REQUEST, status, "the body must be JSON", List.of(), request);
            default ->
                answer(ErrorCode.INVALID_REQUEST, status, "the request can not be understood", List.of(), request);
        };
    }

    @ServerExceptionMapper
    Response other(Throwable failure, ContainerRequestContext request) {
        Optional<Rejection> rejection = cause(failure, Rejection.class);
        if (rejection.isPresent()) {
            return rejected(rejection.get(), request);
        }
        if (Faults.isContention(failure)
                || cause(failure, ConstraintViolationException.class).isPresent()) {
            LOG.warn("a request lost against another", failure);
            return answer(ErrorCode.CONFLICT, 409, "another request came first; read again", List.of(), request);
        }
        if (Faults.isInfrastructure(failure)) {
            return away(failure, request);
        }
        return broken(failure, request);
    }

    private Response away(Throwable failure, ContainerRequestContext request) {
        LOG.warn("a request had no database", failure);
        Response answer = answer(
                ErrorCode.INTERNAL,
                503,
                "the database can not be reached at the moment; try again soon, and a change under the same idempotency key",
                List.of(),
                request);
        return Response.fromResponse(answer)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .build();
    }

    private Response broken(Throwable failure, ContainerRequestContext request) {
        LogContext.set(LogContext.Key.ERROR_CODE, ErrorCode.INTERNAL.wireName());
        LOG.error("a request failed", failure);
        return answer(
                ErrorCode.INTERNAL,
                500,
                "something broke here; it is logged under the correlation id",
                List.of(),
                request);
    }

    private Response unauthenticated(ContainerRequestContext request) {
        Response answer = answer(ErrorCode.UNAUTHENTICATED, 401, "a valid bearer token is needed", List.of(), request);
        return Response.fromResponse(answer)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .build();
    }

    private Response badJson(JacksonException failure, ContainerRequestContext request) {
        FieldError error = JsonErrors.explain(failure);
        String detail = error.field().isEmpty() ? error.message() : error.field() + ": " + error.message();
        return answer(ErrorCode.INVALID_REQUEST, 400, detail, List.of(error), request);
    }

    private static Response answer(
            ErrorCode code, int status, String detail, List<FieldError> errors, ContainerRequestContext request) {
        String correlation = String.valueOf(request.getProperty(CorrelationFilter.HEADER));
        Problem problem = Problem.of(
                code, status, detail, request.getUriInfo().getRequestUri().getPath(), correlation, errors);
        return Response.status(status)
                .type(Problem.MEDIA_TYPE)
                .entity(Json.write(problem))
                .build();
    }

    private static <E extends Throwable> Optional<E> cause(Throwable failure, Class<E> type) {
        Throwable current = failure;
        for (int depth = 0; current != null && depth < MAX_CAUSES; depth++) {
            if (type.isInstance(current)) {
                return Optional.of(type.cast(current));
            }
            current = current.getCause();
        }
        return Optional.empty();
    }
}
