package io.archipelago.bus;

import io.archipelago.contracts.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;

/** Ends a REST request with a problem. Below REST, what is expected to be refused is a value and no exception. */
public final class Rejection extends RuntimeException {

    /** What is at fault where no field is: see {@link FieldError#field()}. */
    public static final String BODY = "(body)";

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<FieldError> errors;

    /**
     * What is wrong with one field.
     *
     * @param field its path in the body, e.g. {@code machines.compute.count}, or the parameter's name
     * @param message what is allowed
     */
    public record FieldError(String field, String message) {}

    public Rejection(ErrorCode code, String detail) {
        this(code, detail, List.of());
    }

    public Rejection(ErrorCode code, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.code = code;
        this.errors = List.copyOf(errors);
    }

    public static Rejection notFound(String what) {
        return new Rejection(ErrorCode.NOT_FOUND, "no such " + what);
    }

    public static Rejection invalid(String field, String allowed) {
        return new Rejection(
                ErrorCode.INVALID_REQUEST, field + ": " + allowed, List.of(new FieldError(field, allowed)));
    }

    /** For all that is wrong, at least one thing. */
    public static Rejection invalid(List<FieldError> errors) {
        String all = errors.stream().map(e -> e.field() + ": " + e.message()).collect(Collectors.joining("; "));
        return new Rejection(ErrorCode.INVALID_REQUEST, all, errors);
    }

    public ErrorCode code() {
        return code;
    }

    public List<FieldError> errors() {
        return errors;
    }
}
