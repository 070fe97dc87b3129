package io.archipelago.testkit;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Configuration as a service would read it, without a service. */
public final class Settings {

    private static final int ORDINAL = 100;

    private Settings() {}

    /** A configuration of which nothing is set but this. */
    public static <T> T of(Class<T> type, Map<String, String> set) {
        return new SmallRyeConfigBuilder()
                .withMapping(type)
                .withSources(new PropertiesConfigSource(set, "set", ORDINAL))
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(type);
    }
}
