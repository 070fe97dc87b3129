package io.archipelago.reservation.rest;

import io.archipelago.contracts.ErrorCode;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** Adds to the API's description what every operation may answer instead: a problem (RFC 9457), and which types of them there are. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ProblemTypes implements OASFilter {

    private static final String NAME = "Problem";

    @Override
    public Operation filterOperation(Operation operation) {
        if (operation.getResponses() != null) {
            operation
                    .getResponses()
                    .addAPIResponse(
                            "default",
                            OASFactory.createAPIResponse()
                                    .description("a problem")
                                    .content(OASFactory.createContent()
                                            .addMediaType(
                                                    "application/problem+json",
                                                    OASFactory.createMediaType()
                                                            .schema(OASFactory.createSchema()
                                                                    .ref("#/components/schemas/" + NAME)))));
        }
        return operation;
    }

    @Override
    public void filterOpenAPI(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(OASFactory.createComponents());
        }
        api.getComponents().addSchema(NAME, problem());
    }

    private static Schema problem() {
        List<Object> codes = Arrays.stream(ErrorCode.values())
                .<Object>map(ErrorCode::wireName)
                .toList();
        List<Object> types = Arrays.stream(ErrorCode.values())
                .<Object>map(code -> "/problems/" + code.wireName())
                .toList();
        Schema field =
                object(Map.of("field", text("the path of the field at fault"), "message", text("what is allowed")));
        return object(Map.of(
                        "type", text("what kind of problem, stable").enumeration(types),
                        "title", text("the code in words"),
                        "status", OASFactory.createSchema().addType(SchemaType.INTEGER),
                        "detail", text("what is wrong with this request"),
                        "instance", text("the path that was asked for"),
                        "code",
                                text("the stable name, also in the problems of a reservation")
                                        .enumeration(codes),
                        "correlationId", text("names the request in logs and messages"),
                        "errors",
                                OASFactory.createSchema()
                                        .addType(SchemaType.ARRAY)
                                        .items(field)))
                .description("RFC 9457");
    }

    private static Schema object(Map<String, Schema> properties) {
        return OASFactory.createSchema().addType(SchemaType.OBJECT).properties(properties);
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().addType(SchemaType.STRING).description(description);
    }
}
