package io.archipelago.bus;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.archipelago.wire.Json;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Beans of foreign types. */
class BusBeans {

    /** REST speaks the same JSON as the bus, but takes no field that it does not know or that stands twice, and no null or missing number. */
    @Produces
    @Singleton
    ObjectMapper objectMapper() {
        return Json.configure(JsonMapper.builder())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
