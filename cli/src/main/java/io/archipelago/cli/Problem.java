package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An RFC 9457 problem, made plain: what is wrong, at which field, what is allowed, and what to do. */
record Problem(int status, String title, String detail, String code, String correlationId, List<FieldError> errors) {

    record FieldError(String field, String message) {}

    /** Where in the user's file a field stands, if the answer is about a file at all. */
    @FunctionalInterface
    interface FieldFinder {
        Optional<String> whereabouts(String field);
    }

    static Problem of(HttpResponse<String> answer) {
        return of(answer, answer.body());
    }

    /** @param text the answer's body as text */
    static Problem of(HttpResponse<?> answer, String text) {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (!type.contains("json")) {
            return new Problem(answer.statusCode(), "", "", "", "", List.of());
        }
        JsonNode body = Wire.json(text, answer.uri());
        var errors = new ArrayList<FieldError>();
        for (JsonNode error : body.path("errors")) {
            errors.add(new FieldError(dotted(text(error, "field")), text(error, "message")));
        }
        return new Problem(
                answer.statusCode(),
                text(body, "title"),
                text(body, "detail"),
                text(body, "code"),
                text(body, "correlationId"),
                List.copyOf(errors));
    }

    Failure toFailure() {
        return toFailure(field -> Optional.empty());
    }

    Failure toFailure(FieldFinder finder) {
        var details = new ArrayList<String>();
        for (FieldError error : errors) {
            String where = finder.whereabouts(error.field())
                    .map(line -> " (" + line + ")")
                    .orElse("");
            details.add("  " + error.field() + where + ": " + error.message());
        }
        String advice = advice();
        if (!advice.isEmpty()) {
            details.add(advice);
        }
        String reference = reference();
        if (!reference.isEmpty()) {
            details.add(reference);
        }
        boolean passing = status == 429 || exitCode() == ExitCode.UNREACHABLE;
        return passing ? Failure.passing(exitCode(), headline(), details) : Failure.of(exitCode(), headline(), details);
    }

    ExitCode exitCode() {
        return switch (status) {
            case 400, 413, 415, 422 -> ExitCode.USAGE;
            case 403 -> code.equals("limit-exceeded") ? ExitCode.REFUSED : ExitCode.FORBIDDEN;
            case 401 -> ExitCode.FORBIDDEN;
            case 404 -> ExitCode.NOT_FOUND;
            case 409, 410, 412 -> ExitCode.REFUSED;
            case 502, 503, 504 -> ExitCode.UNREACHABLE;
            default -> ExitCode.FAULT;
        };
    }

    private String headline() {
        String said = detail.isEmpty() ? title : detail;
        if (!said.isEmpty()) {
            return said;
        }
        return switch (exitCode()) {
            case USAGE -> "The request is not accepted.";
            case FORBIDDEN -> "Not signed on, or not allowed.";
            case NOT_FOUND -> "There is no such reservation.";
            case REFUSED -> "This does not fit the reservation's present state.";
            case UNREACHABLE -> "The site is not ready to answer.";
            default -> "The site could not answer.";
        };
    }

    private String advice() {
        return switch (exitCode()) {
            case USAGE -> errors.isEmpty() ? "" : "Nothing was reserved. Correct this and send it again.";
            case FORBIDDEN -> status == 401 ? "Check --user, VC_USER and VC_PASSWORD." : "";
            case NOT_FOUND -> "./vc list shows what there is.";
            case REFUSED -> "./vc list shows the present states.";
            case UNREACHABLE -> "Try again in a moment; ./vc status says how the services are.";
            default -> "./vc status and ./vc logs say more.";
        };
    }

    private String reference() {
        var parts = new ArrayList<String>();
        parts.add("status " + status);
        if (!code.isEmpty()) {
            parts.add("code " + code);
        }
        if (!correlationId.isEmpty()) {
            parts.add("correlation id " + correlationId);
        }
        return "(" + String.join(", ", parts) + ")";
    }

    /** {@code /machines/compute/memory} and {@code machines.compute.memory} are the same field. */
    private static String dotted(String field) {
        return field.startsWith("/") ? field.substring(1).replace('/', '.') : field;
    }

    private static String text(JsonNode node, String field) {
        return Console.printable(node.path(field).asText(""));
    }
}
