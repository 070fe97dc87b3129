package io.archipelago.cache.app;

import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.cache.CacheConfig;
import io.archipelago.cache.domain.CacheLogic;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the cache a participant. */
class CacheStart {

    @Produces
    @Singleton
    ParticipantLogic logic(CacheConfig config) {
        return new CacheLogic(config.perCluster().asLongValue());
    }
}
